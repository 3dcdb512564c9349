/** Cal.com: members of an organisation, who are never deleted, and come back with the id that they had. */
import { performance } from "node:perf_hooks";
import test from "ava";
import type { ExecutionContext } from "ava";
import type { Instant } from "../../../src/domain/brand.ts";
import { startProductBridge } from "../../support/product-bridge.ts";
import { accept, addBooking, change, createCalcomState, membershipIn, userByEmail } from "../../twins/calcom/state.ts";
import type { CalcomManners, CalcomState } from "../../twins/calcom/state.ts";
import { CALCOM_TOKEN, startCalcomTwin } from "../../twins/calcom/twin.ts";

const MACHINE = { now: () => new Date().toISOString() as Instant, monotonicMs: () => performance.now() };

async function startBoth(t: ExecutionContext, manners: Partial<CalcomManners> = {}) {
  const twin = await startCalcomTwin(t, MACHINE, createCalcomState({ requestsPerMinute: 500, ...manners }));
  const bridge = await startProductBridge(
    t,
    {
      connector: "calcom",
      organization: "42",
      baseUrl: twin.url,
      token: { env: "CALCOM_KEY" },
      seats: { standard: 5 },
    },
    { environment: { CALCOM_KEY: CALCOM_TOKEN } },
  );
  return { twin, bridge, state: twin.state };
}

/** A meeting so many hours from now. */
function book(state: CalcomState, host: number, hours: number, status: "accepted" | "pending" = "accepted"): string {
  const start = new Date(Date.now() + hours * 3_600_000).toISOString();
  return addBooking(state, { host, start, status }).uid;
}

test("a joiner becomes a member of a team; a leaver's bookings are cancelled first; a rehire has the same id", async (t) => {
  const { twin, bridge, state } = await startBoth(t);
  const ana = await bridge.idp.create("ana");
  await bridge.settled();
  const user = userByEmail(state, "ana@acme.example");
  if (user === undefined) return t.fail("nobody was made");
  t.is(user.metadata["rosterbridge"]?.toString().startsWith("acme/"), true);
  const [team] = [...state.teams.values()];
  t.is(team?.name, "Sales EMEA");
  t.not(membershipIn(state, team?.id ?? 0, user.id), undefined);

  const uids = [book(state, user.id, 24), book(state, user.id, 24 * 200), book(state, user.id, 48, "pending")];
  await bridge.idp.patch(ana, { active: false });
  const proof = await bridge.proofOf("ana@acme.example");
  t.like(proof, { bookings: { cancelled: 3, guests: 6, left: 0 } });
  t.deepEqual(
    uids.map((uid) => state.bookings.get(uid)?.status),
    ["cancelled", "cancelled", "cancelled"],
  );
  t.is(new Set(state.guestMails.map(({ to, uid }) => `${to} ${uid}`)).size, state.guestMails.length);
  t.true(state.guestMails.every(({ reason }) => reason !== ""));
  t.is(membershipIn(state, 42, user.id), undefined);
  t.true(state.users.has(user.id), "the Cal.com account stays");
  const order = twin.writes().map(({ route }) => route);
  t.true(order.lastIndexOf("/bookings/:uid/cancel") < order.lastIndexOf("/organizations/:org/memberships/:membership"));

  await bridge.idp.patch(ana, { active: true });
  await bridge.settled();
  t.like(membershipIn(state, 42, user.id), { accepted: true, role: "MEMBER" });
  t.not(membershipIn(state, team?.id ?? 0, user.id), undefined);
  t.is(userByEmail(state, "ana@acme.example")?.id, user.id);
  t.deepEqual(
    uids.map((uid) => state.bookings.get(uid)?.status),
    ["cancelled", "cancelled", "cancelled"],
  );
  t.deepEqual(twin.violations(), []);
});

test("a name that cannot be written is told, and nothing is sent for it, run after run", async (t) => {
  const { twin, bridge, state } = await startBoth(t);
  const ana = await bridge.idp.create("ana");
  await bridge.settled();
  const user = userByEmail(state, "ana@acme.example");
  change(state, user?.id ?? 0, { name: "Ana of the Web" });
  await bridge.idp.patch(ana, { displayName: "Ana Lima" });
  await bridge.settled();
  const writes = twin.writes().length;
  for (let i = 0; i < 2; i += 1) t.deepEqual((await bridge.run()).changed, {});
  t.is(twin.writes().length, writes);
  const notes = await bridge.services.reconciler.plan({ of: "everybody" }, new AbortController().signal, async (plan) =>
    (await Array.fromAsync(plan.people())).flatMap((person) => person.notes),
  );
  t.is(notes.filter((note) => /does not let displayName be changed/.test(note)).length, 1, notes.join("\n"));
  t.is(userByEmail(state, "ana@acme.example")?.name, "Ana of the Web");
});

test("where nobody vouches for the address, a rehire is invited, and joins their team once they accept", async (t) => {
  const { twin, bridge, state } = await startBoth(t, { vouchedFor: [] });
  const ana = await bridge.idp.create("ana");
  await bridge.settled();
  const id = userByEmail(state, "ana@acme.example")?.id ?? 0;
  const [team] = [...state.teams.values()];
  const place = () => membershipIn(state, team?.id ?? 0, id);
  t.not(place(), undefined);
  await bridge.idp.patch(ana, { active: false });
  await bridge.proofOf("ana@acme.example");
  await bridge.idp.patch(ana, { active: true });
  await bridge.settled();
  t.like(membershipIn(state, 42, id), { accepted: false });
  const before = twin.writes().length;
  t.like(await bridge.run(), { outcome: "done", changed: {} });
  t.is(twin.writes().length, before);
  t.is(twin.calls().filter(({ status }) => status === 422).length, 0);
  t.is(place(), undefined);
  t.is(state.memberMails.filter(({ kind }) => kind === "invited").length, 1);
  accept(state, "ana@acme.example");
  await bridge.settled();
  t.not(place(), undefined);
  t.is(twin.writes().length, before + 1);
});
