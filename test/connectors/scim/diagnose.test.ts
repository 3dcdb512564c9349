import test from "ava";
import type { ExecutionContext } from "ava";
import type { ScimConnectorOptions } from "../../../src/connectors/scim/options.ts";
import type { Finding } from "../../../src/ports/connector.ts";
import { addPerson, connectTo } from "../../support/scim-products.ts";
import { startScimTwin } from "../../twins/scim-product/twin.ts";
import { CALENDLY, FREEBUSY, LINKTIME, STANDARD, type ScimVendorRules } from "../../twins/scim-product/vendor-rules.ts";

async function diagnose(
  t: ExecutionContext,
  rules: ScimVendorRules,
  options: Partial<ScimConnectorOptions> = {},
): Promise<readonly Finding[]> {
  const twin = await startScimTwin(t, rules);
  addPerson(twin, { email: "ana@acme.example", displayName: "Ana" });
  const findings = await Array.fromAsync(connectTo(twin, options).diagnose(new AbortController().signal));
  t.deepEqual(twin.writes(), []);
  return findings;
}

const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
const announcing = (patch: boolean, attributes: readonly string[]): ScimVendorRules => ({
  ...STANDARD,
  discovery: { patch, filter: true, maxResults: 50, schemas: [{ id: CORE, attributes }] },
});
const own = (recipe: object) => ({ recipe: JSON.stringify({ name: "Mine", ...recipe }) });

const CASES: Readonly<
  Record<
    string,
    readonly [ScimVendorRules, Partial<ScimConnectorOptions>, Pick<Finding, "subject" | "verdict">, RegExp]
  >
> = {
  "the token": [
    LINKTIME,
    { recipe: "linktime" },
    { subject: "credentials", verdict: "good" },
    /takes the token.*: 1\./,
  ],
  "a token that is refused": [
    LINKTIME,
    { recipe: "linktime", token: "wrong" },
    { subject: "credentials", verdict: "bad" },
    /answered 401/,
  ],
  "an address that is none": [
    LINKTIME,
    { recipe: "linktime", baseUrl: "http://127.0.0.1:1/scim" },
    { subject: "connection", verdict: "bad" },
    /did not answer/,
  ],
  PATCH: [
    LINKTIME,
    { recipe: "linktime" },
    { subject: "updates", verdict: "good" },
    /takes PATCH: users are changed by PATCH/,
  ],
  "PATCH that nobody announces": [
    FREEBUSY,
    { recipe: "freebusy" },
    { subject: "updates", verdict: "good" },
    /does not say whether it takes PATCH: users are changed by PUT/,
  ],
  "PATCH that the recipe wants and the product does not have": [
    announcing(false, []),
    own({ update: "patch" }),
    { subject: "updates", verdict: "bad" },
    /says that it has none/,
  ],
  "how much a page holds": [announcing(true, []), own({}), { subject: "pages", verdict: "good" }, /at most 50 users/],
  filters: [LINKTIME, { recipe: "linktime" }, { subject: "filters", verdict: "good" }, /finds people by userName/],
  "filters that find nobody": [
    { ...STANDARD, filters: [], otherFilters: "empty" },
    own({}),
    { subject: "filters", verdict: "bad" },
    /did not find them/,
  ],
  "filters that are ignored": [
    { ...STANDARD, otherFilters: "everybody", paging: { firstIndex: 1, cap: 10, cursor: false } },
    own({ find: "list" }),
    { subject: "filters", verdict: "good" },
    /all users are read/,
  ],
  attributes: [LINKTIME, { recipe: "linktime" }, { subject: "attributes", verdict: "good" }, /knows every attribute/],
  "attributes that the product does not know": [
    announcing(true, ["userName", "active", "emails", "name", "displayName", "locale"]),
    own({}),
    { subject: "attributes", verdict: "warning" },
    /does not list timezone among/,
  ],
  groups: [STANDARD, own({}), { subject: "groups", verdict: "good" }, /shows its groups: 0/],
  "groups that need values": [
    CALENDLY,
    { recipe: "calendly" },
    { subject: "groups", verdict: "warning" },
    /names no value/,
  ],
  "values of groups": [
    CALENDLY,
    { recipe: "calendly", groups: ["Sales"] },
    { subject: "groups", verdict: "good" },
    /it must know these values: Sales/,
  ],
  "meetings that nobody cancels": [
    CALENDLY,
    { recipe: "calendly" },
    { subject: "bookings", verdict: "warning" },
    /stay as they are/,
  ],
  "meetings that the product cancels": [
    LINKTIME,
    { recipe: "linktime" },
    { subject: "bookings", verdict: "good" },
    /LinkTime cancels the upcoming meetings/,
  ],
  invitations: [
    CALENDLY,
    { recipe: "calendly" },
    { subject: "invitations", verdict: "good" },
    /has to accept it; by SCIM they are active before they do/,
  ],
  seats: [FREEBUSY, { recipe: "freebusy" }, { subject: "seats", verdict: "good" }, /product\.seats does/],
};
for (const [what, [rules, options, expected, detail]] of Object.entries(CASES)) {
  test(`doctor looks at ${what}`, async (t) => {
    const findings = await diagnose(t, rules, options);
    const found = findings.find(({ subject }) => subject === expected.subject);
    t.like(found, expected);
    t.regex(found?.detail ?? "", detail);
    if (expected.verdict !== "good") t.regex(found?.remedy ?? "", /^[A-Z].*\.$/);
  });
}

test("what an aborted signal makes is no finding", async (t) => {
  const twin = await startScimTwin(t, LINKTIME);
  const connector = connectTo(twin, { recipe: "linktime" });
  await t.throwsAsync(Array.fromAsync(connector.diagnose(AbortSignal.abort())), { code: "connector.unavailable" });
});
