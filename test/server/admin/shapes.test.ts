/** The shapes of answers drop whatever they do not name: nothing that the engine tells may be dropped unseen. */
import test from "ava";
import type { z } from "zod";
import { ConnectorError } from "../../../src/domain/errors.ts";
import type { PersonPlan, PlanSummary } from "../../../src/domain/plan.ts";
import type { AuditReport } from "../../../src/engine/audit-walk.ts";
import type { Explanation } from "../../../src/engine/explain/explanation.ts";
import type { ForgetPreview, Forgotten } from "../../../src/engine/forget/forget.ts";
import type { Offboardings } from "../../../src/engine/leaver-proofs.ts";
import type { MappingEntry, TaggedMapping } from "../../../src/engine/mapping/mapping-edits.ts";
import type { MappingPreview, PersonMove } from "../../../src/engine/mapping/preview-shape.ts";
import type { PersonItem } from "../../../src/engine/people/people.ts";
import type { ProductGroups, ProductSeats } from "../../../src/engine/product/product-view.ts";
import type { RunEntry } from "../../../src/engine/runs/run-history.ts";
import type { RunReport } from "../../../src/engine/runs/run-report.ts";
import type { Status } from "../../../src/engine/status.ts";
import type { RunRecord } from "../../../src/ports/journal.ts";
import type { AuditRecord } from "../../../src/ports/records.ts";
import type { TokenRecord } from "../../../src/ports/tokens.ts";
import type { AdminRoute, Shape } from "../../../src/server/admin/declaration.ts";
import { adminRoutes } from "../../../src/server/admin/routes.ts";
import type { AUDIT, AUDIT_REPORT } from "../../../src/server/admin/shapes/audit.ts";
import type { FORGOTTEN } from "../../../src/server/admin/shapes/forget.ts";
import type { MAPPING, MAPPING_PREVIEW, MAPPING_VERSIONS } from "../../../src/server/admin/shapes/mapping.ts";
import type { EXPLANATION, OFFBOARDINGS, PEOPLE } from "../../../src/server/admin/shapes/person.ts";
import type { PERSON_PLAN, PLAN_SUMMARY } from "../../../src/server/admin/shapes/plan.ts";
import type { PRODUCT_GROUPS, PRODUCT_SEATS } from "../../../src/server/admin/shapes/product.ts";
import type { RUN, RUN_REPORT, RUN_WITH_CHANGES } from "../../../src/server/admin/shapes/run.ts";
import type { STATUS } from "../../../src/server/admin/shapes/status.ts";
import type { TOKEN } from "../../../src/server/admin/shapes/token.ts";
import { book, hire, patch, runFull } from "../../support/bridge.ts";
import { openAdminApp, type AdminApp } from "./support.ts";

type Leaf = string | number | boolean | null | undefined;

/** The places of `Told` that `Shown` has no room for, such as `held.groups.detail`; never: it has room for all. */
type Lost<Told, Shown> = Told extends Leaf
  ? never
  : Told extends readonly (infer One)[]
    ? Shown extends readonly (infer Item)[]
      ? Lost<One, NonNullable<Item>>
      : "no list"
    : string extends keyof Shown
      ? never
      : {
          [Key in keyof Told & string]: Key extends keyof Shown
            ? Inside<Key, Lost<NonNullable<Told[Key]>, NonNullable<Shown[Key]>>>
            : Key;
        }[keyof Told & string];
type Inside<Key extends string, Place> = Place extends string ? `${Key}.${Place}` : never;

type ShownBy<S extends Shape> = z.output<S["schema"]>;
type ItemOf<List> = List extends { readonly items: readonly (infer Item)[] } ? Item : never;

/** What stays inside: the hash of a token, and the time of a change on the bridge's own time line, by which limits count. */
type OnPurpose = "hash" | "elapsedMs";

/** Compiles as long as nothing is lost; else the compiler names the places. */
function keeps<Told, Shown>(..._lost: [Lost<Told, Shown>] extends [never] ? [] : [lost: Lost<Told, Shown>]): void {
  // The types are the test.
}

keeps<Status, ShownBy<typeof STATUS>>();
keeps<PlanSummary, ShownBy<typeof PLAN_SUMMARY>>();
keeps<PersonPlan, ShownBy<typeof PERSON_PLAN>>();
keeps<RunRecord, ShownBy<typeof RUN>>();
keeps<RunReport, ShownBy<typeof RUN_REPORT>>();
keeps<Omit<RunEntry, OnPurpose>, ItemOf<ShownBy<typeof RUN_WITH_CHANGES>["changes"]>>();
keeps<PersonItem, ItemOf<ShownBy<typeof PEOPLE>>>();
keeps<Explanation, ShownBy<typeof EXPLANATION>>();
keeps<Offboardings, ShownBy<typeof OFFBOARDINGS>>();
keeps<Forgotten, ShownBy<typeof FORGOTTEN>>();
keeps<ForgetPreview, ShownBy<typeof FORGOTTEN>>();
keeps<TaggedMapping, ShownBy<typeof MAPPING>>();
keeps<MappingEntry, ItemOf<ShownBy<typeof MAPPING_VERSIONS>>>();
keeps<MappingPreview, ShownBy<typeof MAPPING_PREVIEW>>();
keeps<PersonMove, ShownBy<typeof MAPPING_PREVIEW>["moves"][number]>();
keeps<Omit<TokenRecord, OnPurpose>, ShownBy<typeof TOKEN>>();
keeps<AuditRecord, ItemOf<ShownBy<typeof AUDIT>>>();
keeps<AuditReport, ShownBy<typeof AUDIT_REPORT>>();
keeps<ProductGroups, ShownBy<typeof PRODUCT_GROUPS>>();
keeps<ProductSeats, ShownBy<typeof PRODUCT_SEATS>>();

test("the check of the types notices what a shape has no room for", (t) => {
  // @ts-expect-error -- `b` is dropped.
  keeps<{ a: 1; b: 2 }, { a: 1 }>();
  // @ts-expect-error -- `c.items.e` is dropped.
  keeps<{ c: { items: readonly { d: 1; e: 2 }[] } | null }, { c: { items: { d: 1 }[] } | null }>();
  keeps<{ f: { g: 1 } }, { f: Record<string, unknown> }>();
  t.is(keeps.length, 0);
});

/** Everything that there is to tell: linked, held, failing, left with a proof, and two versions of the mapping. */
async function aBusyBridge(t: Parameters<typeof openAdminApp>[0]): Promise<AdminApp> {
  const one = { floor: 1, max: 1, percent: null };
  const app = await openAdminApp(t, { product: { seats: { standard: 6 } }, limits: { deactivate: one } });
  const people = [];
  for (const name of ["ana", "bo", "cy", "di", "ed"]) {
    people.push(await hire(app, `${name}@acme.example`, { department: "Sales", title: "Manager" }));
  }
  await runFull(app);
  book(app, "ana@acme.example");
  await patch(app, people[0]?.id ?? "", { active: false });
  await runFull(app);
  for (const person of people.slice(1, 4)) await patch(app, person.id, { active: false });
  for (const name of ["fi", "gu", "hu"]) await hire(app, `${name}@acme.example`, { department: "Support" });
  app.product.hook((moment, change) => {
    const isFi = change.kind === "create-account" && change.desired.profile.email.startsWith("fi@");
    if (moment === "before" && isFi) throw new ConnectorError("rejected", "The name is taken.");
  });
  await runFull(app);
  await app
    .services()
    .mappingEdits.save(
      { groups: { rules: [{ directoryGroup: "A", group: "B" }] } },
      { reason: "trial", takesOver: true, author: "test", expected: null },
    );
  return app;
}

/** What is asked of a route; null: it changes something, or has no body. */
function questionOf(
  route: AdminRoute,
): { readonly params?: unknown; readonly query?: unknown; readonly body?: unknown } | null {
  if (route.id === "previewMapping" || route.id === "makePlan") return { body: route.body?.examples[0]?.value };
  if (route.method !== "get" || route.id === "getPlan" || route.id === "getOpenApi") return null;
  return {};
}

test("what a route answers goes through its shape as it is", async (t) => {
  const app = await aBusyBridge(t);
  const [run] = await app.services().runs.last(1);
  const asked = new Set<string>();
  for (const route of adminRoutes({ services: app.services(), ambient: app.ambient, version: "0.0.0" })) {
    const question = questionOf(route);
    if (question === null) continue;
    asked.add(route.id);
    for (const id of route.path.startsWith("/runs")
      ? [run?.id]
      : ["ana", "bo", "fi", "hu"].map((name) => `${name}@acme.example`)) {
      if (route.id === "getProofs" && id !== "ana@acme.example") continue;
      const { status, body, stream } = await route.handle({
        params: { id },
        query: route.query?.parse({}),
        body: route.body?.shape.schema.parse(question.body),
        author: "test",
        accepts: "application/json",
        header: () => undefined,
        signal: new AbortController().signal,
      });
      const told: unknown = stream === undefined ? body : JSON.parse((await Array.fromAsync(stream.chunks)).join(""));
      const plain = JSON.parse(
        JSON.stringify(told, (key, value: unknown) => (key === "elapsedMs" ? undefined : value)),
      ) as unknown;
      t.deepEqual(route.answers[status]?.shape?.schema.parse(plain), plain, `${route.id} ${id}`);
      if (!route.path.includes("{")) break;
    }
  }
  t.true(asked.size >= 14, [...asked].join(", "));
  const { held, failing } = await app.services().status();
  t.true(held.total > 0 && failing.length > 0, JSON.stringify({ held, failing }));
});
