/** SCIM out against SCIM in: what one bridge writes by SCIM, the SCIM server of another bridge takes, as its product. */
import test from "ava";
import type { ExecutionContext } from "ava";
import type { JsonObject } from "../../src/domain/json.ts";
import { openTestApp, type TestApp } from "../support/app.ts";
import { ACME } from "../support/bridge.ts";
import { startProductBridge, type ProductBridge } from "../support/product-bridge.ts";

/** People stay in step with the second bridge; its own directory is called `acme`, too. */
async function pair(t: ExecutionContext): Promise<{ readonly product: TestApp; readonly bridge: ProductBridge }> {
  const product = await openTestApp(t);
  await product.ask("POST", "scim/v2/Users", {
    json: {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      userName: "owner@acme.example",
      externalId: "made-by-another-tool",
    },
  });
  const connector = { connector: "scim", baseUrl: `${product.url}/scim/v2`, token: product.token };
  return { product, bridge: await startProductBridge(t, connector) };
}

interface Row {
  readonly displayName: unknown;
  readonly email: unknown;
  readonly active: boolean;
  readonly externalId: string | undefined;
  readonly groups: readonly string[];
}

/** The rows of the second store, by userName. */
async function rows({ store }: TestApp): Promise<Readonly<Record<string, Row>>> {
  const query = { filter: null, unknownAttributes: "reject", sort: null, from: { offset: 0 }, limit: 100 } as const;
  const { items } = await store.read(ACME, (tx) => tx.people({ ...query, withMemberships: true }));
  return Object.fromEntries(
    items.map(({ user, groups }) => {
      const { displayName, emails } = user.resource;
      const [email] = (emails ?? []) as readonly JsonObject[];
      const names = groups.map(({ displayName: name }) => name).sort();
      const { active, externalId } = user;
      return [user.userName, { displayName, email: email?.["value"], active, externalId, groups: names }];
    }),
  );
}

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

test("joiner, mover, leaver and rehire arrive as rows of the second store, with their groups", async (t) => {
  const { product, bridge } = await pair(t);
  const ana = await bridge.idp.create("ana");
  await bridge.idp.create("bo", { department: "Support" });
  await bridge.settled();
  const joined = await rows(product);
  t.like(joined, {
    "ana@acme.example": { displayName: "ana Test", email: "ana@acme.example", active: true, groups: ["Sales EMEA"] },
    "bo@acme.example": { displayName: "bo Test", active: true, groups: ["Support"] },
  });
  // The mark by which a bridge that lost its database knows the accounts that it made.
  t.is(joined["ana@acme.example"]?.externalId, `acme/${ana}`);

  await bridge.idp.patch(ana, { displayName: "Ana Lima", [ENTERPRISE]: { department: "Support" } });
  await bridge.settled();
  t.like(await rows(product), { "ana@acme.example": { displayName: "Ana Lima", active: true, groups: ["Support"] } });

  await bridge.idp.patch(ana, { active: false });
  t.like(await bridge.proofOf("ana@acme.example"), { readBack: { account: "deactivated" } });
  t.like(await rows(product), {
    "ana@acme.example": { active: false, groups: [] },
    "bo@acme.example": { active: true, groups: ["Support"] },
  });

  await bridge.idp.patch(ana, { active: true });
  await bridge.settled();
  const returned = await rows(product);
  t.like(returned, { "ana@acme.example": { displayName: "Ana Lima", active: true, groups: ["Support"] } });
  t.is(Object.keys(returned).length, 3);
});

test("who was made by another tool keeps their externalId, and a change of e-mail moves both places", async (t) => {
  const { product, bridge } = await pair(t);
  await bridge.idp.create("owner", { displayName: "Olga Owner" });
  const ana = await bridge.idp.create("ana");
  await bridge.settled();
  t.like(await rows(product), {
    "owner@acme.example": { displayName: "Olga Owner", externalId: "made-by-another-tool", active: true },
  });

  const renamed = "ana.lima@acme.example";
  await bridge.idp.send("PATCH", `/Users/${ana}`, {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: [
      { op: "replace", path: "userName", value: renamed },
      { op: "replace", path: 'emails[type eq "work"].value', value: renamed },
    ],
  });
  await bridge.settled();
  const after = await rows(product);
  t.like(after, { [renamed]: { email: renamed, active: true, externalId: `acme/${ana}` } });
  t.deepEqual(Object.keys(after).sort(), [renamed, "owner@acme.example"]);
});
