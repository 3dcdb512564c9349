import { Validator } from "@seriousme/openapi-schema-validator";
import test, { type ExecutionContext } from "ava";
import { z } from "zod";
import { adminOpenApi } from "../../../build/admin-client.ts";
import type { DirectoryId } from "../../../src/domain/directory.ts";
import type { AuditEvent } from "../../../src/ports/directory-tx.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import type { AdminRoute } from "../../../src/server/admin/declaration.ts";
import { PROBLEMS } from "../../../src/server/admin/problems.ts";
import { adminRoutes } from "../../../src/server/admin/routes.ts";
import { hire, patch, runFull } from "../../support/bridge.ts";
import { openAdminApp, textOf, type AdminApp } from "./support.ts";

test("the document is valid OpenAPI 3.1, as a validator says that is not ours", async (t) => {
  const validator = new Validator();
  const result = await validator.validate(structuredClone(adminOpenApi()));
  t.true(result.valid, JSON.stringify(result.errors, null, 2));
  t.is(validator.version, "3.1");
  const broken = structuredClone(adminOpenApi()) as { paths: Record<string, unknown> };
  broken.paths["no-slash"] = { get: { responses: 7 } };
  t.false((await new Validator().validate(broken)).valid, "the validator finds faults");
});

test("every reference in the document leads somewhere, and every schema is used", (t) => {
  const text = JSON.stringify(adminOpenApi());
  const { components } = JSON.parse(text) as { components: { schemas: JsonObject } };
  const named = new Set(text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g).map(([, name]) => name ?? ""));
  t.deepEqual([...named].sort(), Object.keys(components.schemas).sort());
});

test("the document is what a daemon answers", async (t) => {
  const app = await openAdminApp(t);
  const { version, ...served } = (await app.admin("GET", "/openapi.json")).body["info"] as JsonObject;
  t.is(version, "0.0.0");
  t.like(adminOpenApi()["info"], served);
  const answer = await app.admin("GET", "/openapi.json");
  t.deepEqual(answer.body["paths"], adminOpenApi()["paths"]);
});

test("every route has its operation, with an id of its own, scopes, and words for people", async (t) => {
  const app = await openAdminApp(t);
  const paths = adminOpenApi()["paths"] as Record<string, Record<string, JsonObject>>;
  const ids = new Set<string>();
  for (const route of routesOf(app)) {
    const operation = paths[route.path]?.[route.method];
    t.is(operation?.["operationId"], route.id);
    t.regex(textOf(operation?.["description"]), /Scopes: `admin`/);
    for (const name of route.problems) t.truthy((operation?.["responses"] as JsonObject)[PROBLEMS[name].status], name);
    for (const parameter of operation?.["parameters"] as readonly JsonObject[])
      t.truthy(parameter["description"] ?? parameter["name"], route.id);
    ids.add(route.id);
  }
  t.is(ids.size, routesOf(app).length);
});

test("every documented example is a good request: sent as it stands, it is answered as documented", async (t) => {
  const routes = routesOf(await openAdminApp(t)).filter(({ body }) => body !== undefined);
  t.true(routes.length >= 9);
  for (const { id } of routes) {
    const count = routes.find((route) => route.id === id)?.body?.examples.length ?? 0;
    t.true(count > 0, `${id} has an example`);
    for (let index = 0; index < count; index++) await playExample(t, id, index);
  }
});

const OKTA = "acme-okta" as DirectoryId;

/** In a bridge of its own: examples change things. */
async function playExample(t: ExecutionContext, id: string, index: number): Promise<void> {
  const none = { floor: 0, max: 0, percent: null };
  const app = await openAdminApp(t, { directories: { [OKTA]: ["*"] }, limits: { deactivate: none } });
  await hire(app, "ana@acme.example", { department: "Sales" }, OKTA);
  const bo = await hire(app, "bo@acme.example", {}, OKTA);
  await hire(app, "cy@acme.example", { active: false }, OKTA);
  await runFull(app);
  await patch(app, bo.id, { active: false }, OKTA);
  const route = routesOf(app).find((candidate) => candidate.id === id);
  const example = route?.body?.examples[index];
  if (route === undefined || example === undefined) throw new Error(`${id} has no example ${index}.`);
  const plan = await app.admin("POST", "/plans", { json: id === "applyPlan" ? example.value : {} });
  const tokens = await app.services().tokens.list();
  const named: Readonly<Record<string, string | undefined>> = {
    digest: (plan.body["summary"] as JsonObject)["digest"] as string,
    id: route.path.startsWith("/tokens/") ? tokens[0]?.id : `${id === "forgetPerson" ? "cy" : "ana"}@acme.example`,
  };
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => named[name] ?? "");
  if (id === "resume") {
    const audit: AuditEvent = {
      at: app.clock.now(),
      actor: "test",
      action: "store.restored",
      subject: "store",
      detail: {},
    };
    await app.store.restorations.note({ restoredAt: app.clock.now(), knownUntil: null }, audit);
  }
  const headers = Object.entries(route.headers ?? {}).map(([name, header]) => [name, header.example] as const);
  const answer = await app.admin(route.method, path, { json: example.value, headers: Object.fromEntries(headers) });
  const declared = route.answers[answer.status];
  t.truthy(declared, `${id}, example ${index + 1}: ${answer.status} ${answer.text.slice(0, 400)}`);
  const parsed = declared?.shape?.schema.safeParse(answer.body);
  t.true(parsed?.success ?? true, parsed?.error === undefined ? "" : z.prettifyError(parsed.error));
}

function routesOf(app: AdminApp): readonly AdminRoute[] {
  return adminRoutes({ services: app.services(), ambient: app.ambient, version: "0.0.0" });
}
