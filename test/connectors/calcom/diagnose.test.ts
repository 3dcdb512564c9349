import test from "ava";
import type { ExecutionContext } from "ava";
import type { Connector } from "../../../src/ports/connector.ts";
import { json } from "../../twins/kit/answers.ts";
import { connectTwin } from "../../twins/calcom/harness.ts";
import { addMember } from "../../twins/calcom/state.ts";

async function verdicts(connector: Connector): Promise<Readonly<Record<string, string>>> {
  const findings = await Array.fromAsync(connector.diagnose(new AbortController().signal));
  return Object.fromEntries(findings.map(({ subject, verdict }) => [subject, verdict]));
}

test("what is in order is said, and what Cal.com cannot do", async (t) => {
  const { connector } = await connectTwin(t);
  t.deepEqual(await verdicts(connector), {
    credentials: "good",
    "rate limit": "good",
    organization: "good",
    memberships: "good",
    bookings: "good",
    seats: "good",
    names: "warning",
  });
});

test("the rate limit is told as the headers have it", async (t) => {
  const { connector } = await connectTwin(t);
  const findings = await Array.fromAsync(connector.diagnose(new AbortController().signal));
  t.is(findings[1]?.detail, "119 of 120 requests are left in this window.");
});

test("a key of somebody who is no administrator is told as such", async (t) => {
  const { connector, state } = await connectTwin(t);
  for (const one of state.memberships.values()) state.memberships.set(one.id, { ...one, role: "MEMBER" });
  t.deepEqual(await verdicts(connector), { credentials: "bad" });
});

async function spoilt(t: ExecutionContext, path: string, status: number): Promise<Readonly<Record<string, string>>> {
  const { connector, twin, state } = await connectTwin(t);
  addMember(state, { email: "ana@acme.example" });
  const answer = json(status, { status: "error", error: { code: "ForbiddenException", message: "no" } });
  twin.fault({ kind: "answer", answer }, { path });
  return verdicts(connector);
}

test("bookings that may not be read are told, for leavers would leave theirs behind", async (t) => {
  t.like(await spoilt(t, "/organizations/:org/users/:user/bookings", 403), { credentials: "good", bookings: "bad" });
});

test("an organisation that is not there is told as such", async (t) => {
  t.deepEqual(await spoilt(t, "/organizations/:org/memberships", 404), { organization: "bad" });
});

test("an older Cal.com, whose memberships do not tell whose they are, is told", async (t) => {
  const { connector } = await connectTwin(t, { version: "older" });
  t.like(await verdicts(connector), { credentials: "good", memberships: "warning" });
});
