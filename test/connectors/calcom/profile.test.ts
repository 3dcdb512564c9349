import test from "ava";
import { toUserBody, usernamesFor } from "../../../src/connectors/calcom/accounts.ts";
import { calcomOptionsSchema } from "../../../src/connectors/calcom/options.ts";
import { toCalcomDesire } from "../../../src/connectors/calcom/profile.ts";
import type { Seat } from "../../../src/domain/account.ts";
import { createTimeZones } from "../../../src/lib/time-zones.ts";
import { aDesiredAccount } from "../../contracts/connector-harness.ts";

const seat = "standard" as Seat;
const zones = createTimeZones();

for (const [given, expected] of [
  ["de", "de"],
  ["de-CH", "de"],
  ["en_US", "en"],
  ["pt-br", "pt-BR"],
  ["he", "iw"],
  ["zh", "zh-CN"],
  ["zh-Hant", "zh-TW"],
  ["tlh", undefined],
] as const) {
  test(`the language ${given} is ${expected ?? "told and left out"}`, (t) => {
    const profile = { email: "ana@acme.example", locale: given };
    const desired = toCalcomDesire(aDesiredAccount({ profile, seat }), seat, zones);
    t.is(desired.profile.locale, expected);
    t.is(desired.problems?.length ?? 0, expected === undefined ? 1 : 0);
  });
}

test("names apart are left out; the name to show stays, though it cannot be written", (t) => {
  const { profile } = toCalcomDesire(aDesiredAccount({ seat }), seat, zones);
  t.deepEqual(profile, { email: "ana@acme.example", displayName: "Ana Lima" });
});

test("a create has no name, and carries the mark", (t) => {
  const body = toUserBody({ email: "Ana@acme.example", displayName: "Ana" }, "acme/1", null);
  t.deepEqual(body, {
    email: "ana@acme.example",
    metadata: { rosterbridge: "acme/1" },
    organizationRole: "MEMBER",
    autoAccept: true,
  });
});

test("user names are made of what may stand in one", (t) => {
  t.deepEqual(usernamesFor("Ana.Lima+x@acme.example", "0F8F-AD"), ["ana-lima-x-0f8fad", "ana-lima-x-0f8fad"]);
  t.deepEqual(usernamesFor("ÅÅ@acme.example", "12345678"), ["user-123456", "user-12345678"]);
});

test("the configuration needs the organisation's number and a key, and no more", (t) => {
  const options = { connector: "calcom", organization: "42", token: "cal_live_x" };
  t.like(calcomOptionsSchema.parse(options), { baseUrl: "https://api.cal.com/v2", seat: "standard" });
  for (const organization of ["acme", "0", "42/users", ""]) {
    t.false(calcomOptionsSchema.safeParse({ ...options, organization }).success, organization);
  }
});
