import test from "ava";
import { calendlyOptionsSchema } from "../../../src/connectors/calendly/options.ts";

const INVITE = { connector: "calendly", profile: "invite", token: "secret" };
const SCIM = { baseUrl: "https://api.calendly.com/scim/v2", token: "secret" };

const problemsOf = (options: object): readonly string[] =>
  (calendlyOptionsSchema.safeParse(options).error?.issues ?? []).map(({ path }) => path.join("."));

test("what is usual need not be said", (t) => {
  t.deepEqual(calendlyOptionsSchema.parse(INVITE), {
    ...INVITE,
    connector: "calendly",
    profile: "invite",
    baseUrl: "https://api.calendly.com",
    seat: "standard",
    collective: "keep",
  });
});

test("profile scim needs user provisioning, and profile invite has none", (t) => {
  t.deepEqual(problemsOf({ ...INVITE, profile: "scim" }), ["scim"]);
  t.deepEqual(problemsOf({ ...INVITE, profile: "scim", scim: SCIM }), []);
  t.deepEqual(problemsOf({ ...INVITE, scim: SCIM }), ["scim"]);
});

test("the organisation is named by its URI or the last segment of it", (t) => {
  const organization = (text: string) => problemsOf({ ...INVITE, organization: text });
  t.deepEqual(organization("ABCD-1234"), []);
  t.deepEqual(organization("https://api.calendly.com/organizations/ABCD1234"), []);
  t.deepEqual(organization("https://api.calendly.com/users/ABCD1234"), ["organization"]);
  t.deepEqual(organization("../users"), ["organization"]);
});
