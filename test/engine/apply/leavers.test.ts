import test, { type ExecutionContext } from "ava";
import type { LeaverPolicy } from "../../../src/domain/policy.ts";
import { parseGroup } from "../../../src/scim/group.ts";
import { ConnectorError } from "../../../src/domain/errors.ts";
import type { Connector } from "../../../src/ports/connector.ts";
import {
  LEAVERS,
  accountOf,
  book,
  dryRun,
  hire,
  openTestBridge,
  origin,
  patch,
  remove,
  replace,
  runFull,
  runUrgent,
  saveMapping,
  type BridgeOptions,
  type TestBridge,
} from "../../support/bridge.ts";
import { ENTERPRISE_URN, aScimGroup } from "../../support/scim-users.ts";
import { outline } from "../../support/plan-builders.ts";

const HOUR_MS = 3_600_000;

/** The policy of the tests, with these differences about bookings. */
function policy(bookings: Partial<LeaverPolicy["bookings"]>): LeaverPolicy {
  return { ...LEAVERS, bookings: { ...LEAVERS.bookings, ...bookings } };
}
const REASSIGN = policy({ action: "reassign" });

/** Ana of Sales, whose manager is Max; Bo and Cy are in Sales, too. */
async function openCompany(
  t: ExecutionContext,
  options: BridgeOptions,
  manager: (max: { readonly id: string }) => string = ({ id }) => id,
): Promise<{ bridge: TestBridge; ana: string; max: string }> {
  const bridge = await openTestBridge(t, options);
  const max = await hire(bridge, "max@acme.example", { externalId: "e-max" });
  const enterprise = { department: "Sales", manager: { value: manager(max) } };
  const ana = await hire(bridge, "ana@acme.example", { [ENTERPRISE_URN]: enterprise });
  await hire(bridge, "bo@acme.example", { department: "Sales" });
  await hire(bridge, "cy@acme.example", { department: "Sales" });
  await runFull(bridge);
  return { bridge, ana: ana.id, max: max.id };
}

/** The host of each booking that was not cancelled, by e-mail. */
function hosts({ product: { state } }: TestBridge): readonly (string | undefined)[] {
  const open = [...state.bookings.values()].filter(({ cancelled }) => !cancelled);
  return open.map(({ account }) => state.accounts.get(account)?.profile.email);
}

async function proofsOf(bridge: TestBridge, user: string) {
  return (await bridge.store.evidence.proofs(user as never)).map(({ document }) => document);
}

for (const lane of ["full", "urgent"] as const) {
  for (const bookingOrder of ["deactivate-first", "bookings-first"] as const) {
    test(`the manager takes bookings over (${lane}, ${bookingOrder})`, async (t) => {
      const { bridge, ana } = await openCompany(t, { leavers: REASSIGN, product: { bookingOrder } });
      book(bridge, "ana@acme.example", 24);
      book(bridge, "ana@acme.example", 48);
      await patch(bridge, ana, { active: false });
      const report = await (lane === "full" ? runFull : runUrgent)(bridge);
      t.like(report, { outcome: "done", changed: { "reassign-booking": 2 } });
      t.deepEqual(hosts(bridge), ["max@acme.example", "max@acme.example"]);
      t.is(accountOf(bridge, "ana@acme.example")?.status, "deactivated");
      const max = accountOf(bridge, "max@acme.example")!.id;
      const [proof] = await proofsOf(bridge, ana);
      const bookings = { cancelled: 0, reassigned: 2, reassignedTo: { [max]: 2 }, guests: 2, left: 0 };
      t.like(proof, { bookings: proof?.["bookings"] });
      t.deepEqual(proof?.["bookings"], bookings);
      t.is((await runFull(bridge)).outcome, "done");
      t.is((await proofsOf(bridge, ana)).length, 1);
    });
  }
}

for (const [form, manager] of [
  ["our id", ({ id }: { readonly id: string }) => id],
  ["the IdP's own key", () => "e-max"],
  ["a login, in any case", () => "MAX@acme.example"],
] as const) {
  test(`a manager is known by ${form}`, async (t) => {
    const { bridge, ana } = await openCompany(t, { leavers: REASSIGN }, manager);
    book(bridge, "ana@acme.example");
    await patch(bridge, ana, { active: false });
    await runUrgent(bridge);
    t.deepEqual(hosts(bridge), ["max@acme.example"]);
  });
}

test("of several bookings of one leaver colleagues take their shares where the manager cannot", async (t) => {
  const { bridge, ana, max } = await openCompany(t, { leavers: REASSIGN });
  for (let hours = 24; hours < 44; hours += 1) book(bridge, "ana@acme.example", hours);
  await patch(bridge, ana, { active: false });
  await patch(bridge, max, { active: false });
  await runUrgent(bridge);
  const taken = hosts(bridge);
  t.is(taken.length, 20);
  t.deepEqual([...new Set(taken)].sort(), ["bo@acme.example", "cy@acme.example"]);
});

test("nobody takes over who is invited only, or was deactivated by hand", async (t) => {
  const { bridge, ana } = await openCompany(t, { leavers: REASSIGN });
  const { state } = bridge.product;
  book(bridge, "ana@acme.example");
  state.change(accountOf(bridge, "max@acme.example")!.id, { status: "deactivated" });
  state.change(accountOf(bridge, "bo@acme.example")!.id, { status: "pending" });
  state.change(accountOf(bridge, "cy@acme.example")!.id, { role: "admin" });
  await patch(bridge, ana, { active: false });
  await runUrgent(bridge);
  t.deepEqual(hosts(bridge), ["cy@acme.example"]);
});

test("where nobody is left the bookings are cancelled, or kept", async (t) => {
  for (const [otherwise, left] of [
    ["cancel", 0],
    ["keep", 1],
  ] as const) {
    const { bridge, ana } = await openCompany(t, {
      leavers: policy({ action: "reassign", reassignTo: ["manager"], otherwise }),
    });
    await replace(bridge, ana, "ana@acme.example", { department: "Sales" });
    book(bridge, "ana@acme.example");
    await patch(bridge, ana, { active: false });
    await runUrgent(bridge);
    t.is(hosts(bridge).length, left);
    t.like((await proofsOf(bridge, ana))[0], { bookings: { cancelled: 1 - left, guests: 1 - left, left } });
  }
});

test("a handover that the product refuses goes to the next one in the next plan, and then ends", async (t) => {
  const { bridge, ana } = await openCompany(t, { leavers: REASSIGN });
  const booking = book(bridge, "ana@acme.example");
  await patch(bridge, ana, { active: false });
  const asked: string[] = [];
  bridge.product.hook((moment, change) => {
    if (moment !== "before" || change.kind !== "reassign-booking") return;
    asked.push(change.toLabel ?? "");
    throw new ConnectorError("rejected", "this meeting cannot be moved");
  });
  for (let run = 0; run < 4; run += 1) {
    await runUrgent(bridge);
    bridge.clock.advance(20 * 60_000);
  }
  t.is(asked[0], "max@acme.example");
  t.deepEqual(asked.slice(1).sort(), ["bo@acme.example", "cy@acme.example"]);
  t.true(bridge.product.state.bookings.get(booking as never)?.cancelled);
  t.is((await proofsOf(bridge, ana)).length, 1);
  t.is((await bridge.store.wakes.failures()).length, 0);
});

for (const [onFailure, status] of [
  ["deactivate", "deactivated"],
  ["hold", "active"],
] as const) {
  test(`a handover that fails ${onFailure === "hold" ? "keeps" : "does not keep"} the account open (${onFailure})`, async (t) => {
    const { bridge, ana } = await openCompany(t, {
      leavers: policy({ action: "reassign", onFailure }),
      product: { bookingOrder: "bookings-first" },
    });
    book(bridge, "ana@acme.example");
    await patch(bridge, ana, { active: false });
    bridge.product.hook((moment, { kind }) => {
      if (moment === "before" && kind === "reassign-booking") throw new ConnectorError("rejected", "no");
    });
    t.is((await runUrgent(bridge))?.outcome, "partial");
    t.is(accountOf(bridge, "ana@acme.example")?.status, status);
    t.deepEqual(await proofsOf(bridge, ana), []);
  });
}

for (const bookingOrder of ["deactivate-first", "bookings-first"] as const) {
  test(`a booking made while the others are handed over follows them (${bookingOrder})`, async (t) => {
    const { bridge, ana } = await openCompany(t, { leavers: REASSIGN, product: { bookingOrder } });
    book(bridge, "ana@acme.example");
    await patch(bridge, ana, { active: false });
    let late = 0;
    bridge.product.hook((moment, { kind }) => {
      if (moment === "after" && kind === "reassign-booking" && late < 2) book(bridge, "ana@acme.example", 72 + late++);
    });
    t.is((await runUrgent(bridge))?.outcome, "done");
    t.deepEqual(hosts(bridge), ["max@acme.example", "max@acme.example", "max@acme.example"]);
    t.like((await proofsOf(bridge, ana))[0], { bookings: { reassigned: 3, left: 0 } });
  });
}

const DELAYED = policy({ delayMs: 2 * HOUR_MS });

test("within the grace the account is shut and bookings wait; then they go, within seconds", async (t) => {
  const { bridge, ana } = await openCompany(t, { leavers: DELAYED });
  book(bridge, "ana@acme.example");
  await patch(bridge, ana, { active: false });
  const report = await runUrgent(bridge);
  t.is(report?.outcome, "done");
  t.like(accountOf(bridge, "ana@acme.example"), { status: "deactivated", seat: null, groups: [] });
  t.is(hosts(bridge).length, 1);
  t.deepEqual(await proofsOf(bridge, ana), []);
  t.is(await runUrgent(bridge), null);
  const health = await bridge.services().health.report();
  t.is(health.components.find(({ component }) => component === "leavers")?.status, "ok");
  const status = await bridge.services().status();
  t.is(status.held.total, 0);
  t.is(status.delayed.total, 1);
  t.regex(status.delayed.groups[0]!.detail, /^Waits until /);
  bridge.clock.advance(HOUR_MS);
  t.is((await runFull(bridge)).outcome, "done");
  t.is(hosts(bridge).length, 1);
  bridge.clock.advance(HOUR_MS);
  t.is((await runUrgent(bridge))?.outcome, "done");
  t.deepEqual(hosts(bridge), []);
  t.is((await proofsOf(bridge, ana)).length, 1);
  t.is(await runUrgent(bridge), null);
  await runFull(bridge);
  t.is((await bridge.store.wakes.deferred()).size, 0);
});

test("within the grace access stays where shutting an account destroys its bookings", async (t) => {
  const { bridge, ana } = await openCompany(t, { leavers: DELAYED, product: { bookingOrder: "bookings-first" } });
  book(bridge, "ana@acme.example");
  await patch(bridge, ana, { active: false });
  const before = bridge.product.writes.length;
  t.is((await runUrgent(bridge))?.outcome, "done");
  t.is(bridge.product.writes.length, before);
  t.is(accountOf(bridge, "ana@acme.example")?.status, "active");
  bridge.clock.advance(2 * HOUR_MS);
  await runUrgent(bridge);
  t.is(accountOf(bridge, "ana@acme.example")?.status, "deactivated");
  t.is(bridge.product.state.mails.length, 1);
});

for (const bookingOrder of ["deactivate-first", "bookings-first"] as const) {
  test(`a return within the grace cancels nothing (${bookingOrder})`, async (t) => {
    const { bridge, ana } = await openCompany(t, { leavers: DELAYED, product: { bookingOrder } });
    book(bridge, "ana@acme.example");
    const whole = accountOf(bridge, "ana@acme.example");
    await patch(bridge, ana, { active: false });
    await runUrgent(bridge);
    bridge.clock.advance(HOUR_MS);
    await patch(bridge, ana, { active: true });
    const { people } = await dryRun(bridge, { of: "some", people: [ana as never] });
    t.deepEqual(
      people.flatMap(({ notes }) => notes),
      [],
    );
    const causes = bookingOrder === "bookings-first" ? [] : ["rehire"];
    t.deepEqual([...new Set(people.map(({ cause }) => cause as string))], causes);
    await runUrgent(bridge);
    t.deepEqual(accountOf(bridge, "ana@acme.example"), whole);
    t.is((await bridge.store.wakes.deferred()).size, 0);
    bridge.clock.advance(2 * HOUR_MS);
    t.is(await runUrgent(bridge), null);
    await runFull(bridge);
    t.deepEqual(hosts(bridge), ["ana@acme.example"]);
    t.deepEqual(bridge.product.state.mails, []);
    t.deepEqual((await bridge.store.links.get(ana as never))?.repairs, {});
  });
}

test("whoever is released waits for nothing", async (t) => {
  const { bridge, ana } = await openCompany(t, { leavers: DELAYED });
  book(bridge, "ana@acme.example");
  await patch(bridge, ana, { active: false });
  await runUrgent(bridge);
  await bridge.services().permissions.release("ana@acme.example", { author: "cli", reason: "harassment" });
  await runUrgent(bridge);
  t.deepEqual(hosts(bridge), []);
  t.is((await proofsOf(bridge, ana)).length, 1);
});

test("a membership that takes somebody out of scope begins the grace when it is seen, and only then", async (t) => {
  const scope = 'groups.display eq "Staff"';
  const { bridge, ana, max } = await openCompany(t, {
    leavers: DELAYED,
    mapping: { scope, seats: { default: "standard" } },
  });
  t.is(accountOf(bridge, "ana@acme.example"), undefined);
  // Spoken of after the mapping was saved, so that it is not taken for what shuts her out.
  await patch(bridge, ana, { title: "Clerk" });
  const { groups } = bridge.services();
  const group = await groups.createGroup(origin(), parseGroup(aScimGroup("Staff", [ana, max])), {
    withMemberships: true,
  });
  await runFull(bridge);
  book(bridge, "ana@acme.example", 100);
  bridge.clock.advance(24 * HOUR_MS);
  await groups.deleteGroup(origin(), group.group.id, null);
  await runUrgent(bridge);
  t.is(accountOf(bridge, "ana@acme.example")?.status, "deactivated");
  t.is(hosts(bridge).length, 1);
  bridge.clock.advance(HOUR_MS);
  await runFull(bridge);
  t.is(hosts(bridge).length, 1);
  bridge.clock.advance(HOUR_MS);
  await runUrgent(bridge);
  t.is(hosts(bridge).length, 0);
});

test("an account that was opened by hand is shut again once, and then left to people", async (t) => {
  const { bridge, ana } = await openCompany(t, {});
  await patch(bridge, ana, { active: false });
  await runUrgent(bridge);
  const { id } = accountOf(bridge, "ana@acme.example")!;
  bridge.product.state.change(id, { status: "active" });
  t.is((await runFull(bridge)).outcome, "done");
  t.is(accountOf(bridge, "ana@acme.example")?.status, "deactivated");
  t.is((await proofsOf(bridge, ana)).length, 2);
  bridge.product.state.change(id, { status: "active" });
  const again = await runFull(bridge);
  t.is(again.outcome, "held");
  t.is(again.summary.tally.held.contested, 1);
  t.is(accountOf(bridge, "ana@acme.example")?.status, "active");
  const { components } = await bridge.services().health.report();
  t.like(
    components.find(({ component }) => component === "leavers"),
    { status: "degraded" },
  );
  t.is((await bridge.services().status()).held.groups[0]?.hold, "contested");
  await bridge.services().permissions.release("ana@acme.example", { author: "cli", reason: "agreed" });
  await runUrgent(bridge);
  t.is(accountOf(bridge, "ana@acme.example")?.status, "deactivated");
  await patch(bridge, ana, { active: true });
  await runUrgent(bridge);
  await patch(bridge, ana, { active: false });
  await runUrgent(bridge);
  t.deepEqual((await bridge.store.links.get(ana as never))?.repairs, {});
});

for (const [what, change] of [
  ["owned by now", { role: "owner" }],
  ["renamed by hand", { profile: { email: "annie@acme.example" } }],
  ["shut by hand", { status: "deactivated" }],
] as const) {
  test(`an account that is ${what} since it was listed is not touched`, async (t) => {
    const { bridge, ana } = await openCompany(t, {});
    await patch(bridge, ana, { active: false });
    const { id } = accountOf(bridge, "ana@acme.example")!;
    const before = bridge.product.writes.length;
    const report = await runFull(bridge, {
      confirm: () => {
        bridge.product.state.change(id, change);
        return Promise.resolve(true);
      },
    });
    t.is(report.superseded, 1);
    t.is(bridge.product.writes.length, before);
    t.is(await bridge.store.wakes.count(), 1);
  });
}

test("news of a leaver who failed end the pause", async (t) => {
  const { bridge, ana } = await openCompany(t, {});
  bridge.product.hook((moment, { kind }) => {
    if (moment === "before" && kind === "deactivate-account") throw new ConnectorError("rejected", "no");
  });
  await patch(bridge, ana, { active: false });
  await runUrgent(bridge);
  bridge.product.hook(null);
  t.is(await runUrgent(bridge), null);
  await remove(bridge, ana);
  t.is((await runUrgent(bridge))?.outcome, "done");
  t.is(accountOf(bridge, "ana@acme.example")?.status, "deactivated");
});

test("whoever leaves by an edit of the mapping is proved from that edit on", async (t) => {
  const { bridge, ana } = await openCompany(t, {});
  bridge.clock.advance(24 * HOUR_MS);
  await saveMapping(bridge, { scope: 'userName ne "ana@acme.example"' });
  const { savedAt: edited } = await bridge.services().mappingEdits.show();
  bridge.clock.advance(1_000);
  const { people } = await dryRun(bridge);
  t.true(people.some((person) => person.user === ana && outline(person).includes("deactivate-account!over-limit")));
  await bridge.services().permissions.release("ana@acme.example", { author: "cli", reason: "right" });
  await runUrgent(bridge);
  t.like((await proofsOf(bridge, ana))[0], { said: { what: "out of scope", at: edited } });
});

test("a list of bookings that is said not to be there proves nothing while the account is", async (t) => {
  let isHidden = false;
  const around = (connector: Connector): Connector => ({
    ...connector,
    async *bookings(...parts) {
      if (isHidden) throw new ConnectorError("missing", "there is no such list");
      yield* connector.bookings(...parts);
    },
  });
  const bridge = await openTestBridge(t, { around });
  const { id } = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  await patch(bridge, id, { active: false });
  isHidden = true;
  await runUrgent(bridge);
  t.deepEqual(await bridge.store.evidence.proofs(id), []);
  isHidden = false;
  bridge.clock.advance(20 * 60_000);
  await runFull(bridge);
  t.is((await bridge.store.evidence.proofs(id)).length, 1);
});
