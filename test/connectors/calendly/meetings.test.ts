/** Meetings: whose are listed, and what cancelling them comes to. */
import test from "ava";
import { createCalendlyConnector } from "../../../src/connectors/calendly/kind.ts";
import { calendlyOptionsSchema } from "../../../src/connectors/calendly/options.ts";
import type { AccountId, BookingId } from "../../../src/domain/account.ts";
import type { Change } from "../../../src/domain/plan.ts";
import { CAUSE } from "../../contracts/connector-changes.ts";
import { anApplyContext } from "../../contracts/connector-harness.ts";
import { json } from "../../twins/kit/answers.ts";
import { denied, notFound, refusal } from "../../twins/calendly/pages.ts";
import { startScimCalendly } from "../../twins/calendly/scim-face.ts";
import { addEvent, addInvitation, addMember, membershipOf } from "../../twins/calendly/state.ts";
import { CALENDLY_TOKEN } from "../../twins/calendly/twin.ts";
import { createCalendlyShapes } from "../../twins/calendly/wire.ts";
import { SCIM_TOKEN } from "../../twins/scim-product/manners.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { addPerson, readRecipe } from "../../support/scim-products.ts";
import { connectorDeps, openInviteBench, type InviteBench } from "./harness.ts";

const SIGNAL = new AbortController().signal;

async function upcoming({ connector, clock }: InviteBench, account: string): Promise<readonly string[]> {
  const bookings = connector.bookings(account as AccountId, clock.now(), SIGNAL);
  return (await Array.fromAsync(bookings)).map(({ id }) => id);
}

function cancel({ clock }: InviteBench, account: string, booking: string): Change {
  const about = { account: account as AccountId, booking: booking as BookingId };
  return { kind: "cancel-booking", ...CAUSE, ...about, startsAt: clock.now(), guests: 2 };
}

test("meetings with other hosts are kept, unless the configuration has them cancelled", async (t) => {
  for (const collective of ["keep", "cancel"]) {
    const bench = await openInviteBench(t, { collective });
    const ana = addMember(bench.state, { email: "ana@acme.example" }).user;
    const bo = addMember(bench.state, { email: "bo@acme.example" }).user;
    const own = addEvent(bench.state, [ana], 24);
    const shared = addEvent(bench.state, [ana, bo], 25);
    t.deepEqual(await upcoming(bench, ana), collective === "keep" ? [own.id] : [own.id, shared.id]);
  }
});

test("all pages of somebody's meetings are listed", async (t) => {
  const bench = await openInviteBench(t);
  const { user } = addMember(bench.state, { email: "ana@acme.example" });
  const events = Array.from({ length: 205 }, (_, hour) => addEvent(bench.state, [user], hour + 1).id);
  t.deepEqual(await upcoming(bench, user), events);
});

test("pages that lead in a circle are an error, not the end", async (t) => {
  const bench = await openInviteBench(t);
  const { user } = addMember(bench.state, { email: "ana@acme.example" });
  const round = { collection: [], pagination: { count: 0, next_page: null, next_page_token: "again" } };
  bench.twin.fault({ kind: "answer", answer: json(200, round) }, { path: "/scheduled_events" });
  await t.throwsAsync(upcoming(bench, user), { code: "connector.unavailable" });
});

test("somebody who is not in the organisation, or has not accepted yet, has no meetings to end", async (t) => {
  const bench = await openInviteBench(t);
  const { user } = addMember(bench.state, { email: "ana@acme.example" });
  addEvent(bench.state, [user], 24);
  const answer = denied("This user is not in your organization");
  bench.twin.fault({ kind: "answer", answer }, { path: "/scheduled_events", times: 1 });
  t.deepEqual(await upcoming(bench, user), []);
  t.deepEqual(await upcoming(bench, addInvitation(bench.state, "bo@acme.example").id), []);
  t.deepEqual(await upcoming(bench, "NOBODY000001"), []);
  bench.twin.fault({ kind: "answer", answer: denied() }, { path: "/scheduled_events", times: 1 });
  await t.throwsAsync(upcoming(bench, user), { code: "connector.auth" });
});

test("a meeting that has begun cannot be cancelled, and is not asked for again", async (t) => {
  const bench = await openInviteBench(t);
  const { user } = addMember(bench.state, { email: "ana@acme.example" });
  const { id } = addEvent(bench.state, [user], -0.25);
  t.deepEqual(await upcoming(bench, user), [id]);
  t.is((await bench.connector.apply(cancel(bench, user, id), anApplyContext())).effect, "already-so");
  t.deepEqual(await upcoming(bench, user), []);
  t.deepEqual(bench.state.mails, []);
});

test("a meeting that is gone or cancelled is done with; one that may not be cancelled is told", async (t) => {
  const bench = await openInviteBench(t);
  const { connector, state, twin } = bench;
  const { user } = addMember(state, { email: "ana@acme.example" });
  const { id } = addEvent(state, [user], 24);
  const change = cancel(bench, user, id);
  t.is((await connector.apply(change, anApplyContext())).effect, "changed");
  t.is((await connector.apply(change, anApplyContext())).effect, "already-so");
  t.is((await connector.apply(cancel(bench, user, "gone"), anApplyContext())).effect, "already-so");
  t.is(state.mails.length, 2);
  const cases = [
    [denied("You are not allowed to cancel this event"), "connector.rejected"],
    [denied(), "connector.auth"],
    [refusal(400, "Invalid Argument", "The supplied parameters are invalid."), "connector.rejected"],
  ] as const;
  for (const [answer, code] of cases) {
    twin.fault({ kind: "answer", answer }, { method: "POST", times: 1 });
    await t.throwsAsync(connector.apply(change, anApplyContext()), { code });
  }
});

test("a meeting that is listed still is not over because it is said not to be there", async (t) => {
  const bench = await openInviteBench(t);
  const { user } = addMember(bench.state, { email: "ana@acme.example" });
  const { id } = addEvent(bench.state, [user], 24);
  bench.twin.fault({ kind: "answer", answer: notFound() }, { method: "POST", times: 1 });
  t.is((await bench.connector.apply(cancel(bench, user, id), anApplyContext())).effect, "already-so");
  t.deepEqual(await upcoming(bench, user), [id]);
});

test("a list of somebody else's meetings is an error: none of them is a leaver's to lose", async (t) => {
  const bench = await openInviteBench(t);
  const { user: ana } = addMember(bench.state, { email: "ana@acme.example" });
  const { user: bo } = addMember(bench.state, { email: "bo@acme.example" });
  const { id } = addEvent(bench.state, [bo], 24);
  const [his] = await Array.fromAsync(bench.connector.bookings(bo as AccountId, bench.clock.now(), SIGNAL));
  const body = {
    collection: [
      {
        uri: `${bench.twin.url}/scheduled_events/${id}`,
        start_time: his?.startsAt,
        end_time: his?.endsAt,
        invitees_counter: { active: 1 },
        event_memberships: [{ user: `${bench.twin.url}/users/${bo}` }],
      },
    ],
    pagination: {},
  };
  bench.twin.fault({ kind: "answer", answer: json(200, body) }, { path: "/scheduled_events" });
  await t.throwsAsync(upcoming(bench, ana), { code: "connector.unavailable", message: /somebody else/ });
});

test("by SCIM: a member who is listed by somebody else's e-mail is not that person", async (t) => {
  const clock = createManualClock();
  const { scim, rest, userOf } = await startScimCalendly(t, clock);
  const own = { connector: "calendly", profile: "scim", token: CALENDLY_TOKEN, baseUrl: rest.url };
  const options = calendlyOptionsSchema.parse({ ...own, scim: { baseUrl: scim.url, token: SCIM_TOKEN } });
  const connector = createCalendlyConnector(options, { ...connectorDeps(clock), readRecipe });
  const [ana, bo] = ["ana", "bo"].map((name) => addPerson(scim, { email: `${name}@acme.example` }));
  if (ana === undefined || bo === undefined) return t.fail();
  const his = membershipOf(rest.state, userOf(bo));
  if (his === undefined) return t.fail();
  addEvent(rest.state, [his.user], 24);
  const body = { collection: [createCalendlyShapes(rest.state, rest.url).membership(his)], pagination: {} };
  rest.fault({ kind: "answer", answer: json(200, body) }, { path: "/organization_memberships" });
  t.deepEqual(await Array.fromAsync(connector.bookings(ana, clock.now(), SIGNAL)), []);
});

test("the reason is cut to what Calendly takes, and left out where there is none", async (t) => {
  const bench = await openInviteBench(t);
  const { user } = addMember(bench.state, { email: "ana@acme.example" });
  const reasons = ["x".repeat(10_001), "Bye.", ""];
  for (const guestReason of reasons) {
    const { id } = addEvent(bench.state, [user], 24);
    await bench.connector.apply(cancel(bench, user, id), anApplyContext({ guestReason }));
  }
  const told = [...bench.state.events.values()].map(({ cancellation }) => cancellation?.reason);
  t.deepEqual(told, ["x".repeat(10_000), "Bye.", null]);
});

test("a 429 does not say how long: everybody waits a minute at most, and reads are asked again", async (t) => {
  const bench = await openInviteBench(t);
  const { user } = addMember(bench.state, { email: "ana@acme.example" });
  const { id } = addEvent(bench.state, [user], 24);
  const answer = refusal(429, "Too Many Requests", "You have sent too many requests.");
  bench.twin.fault({ kind: "answer", answer }, { path: "/scheduled_events", times: 1 });
  t.deepEqual(await upcoming(bench, user), [id]);
  const waited = bench.clock.sleeps.reduce((sum, ms) => sum + ms, 0);
  t.true(waited >= 59_000 && waited <= 61_000, String(waited));
});
