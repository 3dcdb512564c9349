import test from "ava";
import type { Finding } from "../../../src/ports/connector.ts";
import { denied } from "../../twins/calendly/pages.ts";
import { addMember } from "../../twins/calendly/state.ts";
import { openInviteBench, type InviteBench } from "./harness.ts";

async function findings({ connector }: InviteBench): Promise<ReadonlyMap<string, Finding>> {
  const found = await Array.fromAsync(connector.diagnose(new AbortController().signal));
  return new Map(found.map((finding) => [finding.subject, finding]));
}

test("an organisation in order is told subject by subject, with what cannot be seen", async (t) => {
  const bench = await openInviteBench(t);
  addMember(bench.state, { email: "ana@acme.example" });
  const found = await findings(bench);
  t.deepEqual(
    [...found.values()].map(({ subject, verdict }) => `${subject} ${verdict}`),
    [
      "credentials good",
      "organisation good",
      "rights good",
      "bookings good",
      "rate limit good",
      "seats good",
      "provisioning good",
      "collective meetings good",
    ],
  );
  t.regex(found.get("rate limit")?.detail ?? "", /^49\d of 500 requests are left/);
  t.regex(found.get("provisioning")?.detail ?? "", /first invitation/);
  t.is(bench.twin.writes().length, 0);
});

test("a token of an ordinary member is found out", async (t) => {
  const bench = await openInviteBench(t);
  bench.state.tokenOwner = addMember(bench.state, { email: "mia@acme.example" }).user;
  const found = await findings(bench);
  t.like(found.get("rights"), { verdict: "bad" });
  t.regex(found.get("rights")?.remedy ?? "", /owner or admin/);
});

test("a token of another organisation is found out", async (t) => {
  const bench = await openInviteBench(t, { organization: "ORGGLOBEX0000001" });
  const found = await findings(bench);
  t.like(found.get("organisation"), { verdict: "bad" });
  t.regex(found.get("organisation")?.remedy ?? "", /product\.organization/);
});

test("meetings of others that cannot be listed are found out", async (t) => {
  const bench = await openInviteBench(t);
  bench.twin.fault({ kind: "answer", answer: denied() }, { path: "/scheduled_events" });
  t.like((await findings(bench)).get("bookings"), { verdict: "bad" });
});

test("the pace of a free plan is a warning", async (t) => {
  const bench = await openInviteBench(t);
  bench.twin.fault(
    { kind: "change-answer", change: (answer) => ({ ...answer, headers: { "X-RateLimit-Limit": "50" } }) },
    { path: "/users/me" },
  );
  t.like((await findings(bench)).get("rate limit"), { verdict: "warning" });
});
