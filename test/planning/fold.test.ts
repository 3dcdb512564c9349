import { Readable } from "node:stream";
import test from "ava";
import type { Instant } from "../../src/domain/brand.ts";
import type { PersonFacts } from "../../src/planning/context.ts";
import { passPlan, tally } from "../../src/planning/pass.ts";
import { planPerson } from "../../src/planning/person.ts";
import { changeKey } from "../../src/planning/change-key.ts";
import {
  STANDARD,
  aBooking,
  aCandidate,
  aContext,
  aDesired,
  aGate,
  aLeaver,
  aLink,
  aPersonPlan,
  aProfile,
  aStart,
  asAccount,
  asSeat,
  asUser,
  detailOf,
  fold,
  groupId,
  inSettlingOrder,
  kinds,
  outline,
  someFacts,
  NO_GRACE,
} from "../support/plan-builders.ts";

const pool = (total: number, used: number) => new Map([[STANDARD, { total, used }]]);

/** A person of this name with nothing yet. */
function joiner(name: string, parts: Partial<PersonFacts["desired"]> = {}, since = 1): PersonFacts {
  const desired = aDesired({ user: asUser(name), profile: aProfile({ email: `${name}@acme.example` }), ...parts });
  return someFacts({ desired, since: `2026-11-23T12:00:00.${String(since).padStart(3, "0")}Z` as Instant });
}
/** The same with an account on record. */
function linked(
  name: string,
  facts: Partial<PersonFacts> = {},
  account: Parameters<typeof aCandidate>[0] = {},
): PersonFacts {
  const user = asUser(name);
  const id = asAccount(`m-${name}`);
  const profile = aProfile({ email: `${name}@acme.example` });
  return {
    ...joiner(name),
    observed: [aCandidate({ id, profile, ...account }, { user, gone: false })],
    link: aLink({ user, account: id, applied: profile }),
    ...facts,
  };
}
function leaver(name: string, account: Parameters<typeof aCandidate>[0] = {}): PersonFacts {
  const desired = aLeaver("inactive", { user: asUser(name), profile: aProfile({ email: `${name}@acme.example` }) });
  return linked(name, { desired, bookings: [] }, account);
}
const plans = (facts: readonly PersonFacts[], context = aContext()) =>
  inSettlingOrder(facts.map((one) => planPerson(one, context)));

test("people with nothing to do are left out, those to be confirmed are kept", async (t) => {
  const done = linked(
    "done",
    { desired: aLeaver("inactive", { user: asUser("done") }) },
    { status: "deactivated", seat: null },
  );
  const { people, result } = await fold(plans([linked("bo"), done]));
  t.deepEqual(
    people.map(({ user }) => user),
    [asUser("done")],
  );
  t.regex(result.digest, /^0{12}$/);
});

test("people with notes alone are kept, but count for nothing", async (t) => {
  const unmapped = linked("bo", { desired: aDesired({ ...linked("bo").desired, unmapped: ["department: Finance"] }) });
  const { people, result } = await fold(plans([unmapped]));
  t.deepEqual(
    people.map(({ user, changes, notes }) => [user, changes, notes]),
    [[asUser("bo"), [], ["No rule names department: Finance."]]],
  );
  t.regex(result.digest, /^0{12}$/);
  t.true(Object.values(result.planned).every((count) => count === 0));
  const passed = await Array.fromAsync(passPlan(Readable.from(people), aGate(), null));
  t.deepEqual(passed, people);
  const { counts, held } = (await tally(Readable.from(passed))).tally;
  t.true([...Object.values(counts), ...Object.values(held)].every((count) => count === 0));
});

test("joiners get free seats in rank order, then by time; the others wait with place and reason", async (t) => {
  const facts = [
    joiner("late", {}, 9),
    joiner("early", {}, 1),
    joiner("urgent", { seatRank: -1 }, 10),
    joiner("last", {}, 11),
  ];
  const { people, result } = await fold(plans(facts), aStart({ seats: pool(50, 48) }));
  t.deepEqual(
    people.map((person) => [person.user, outline(person)]),
    [
      [asUser("urgent"), ["create-account", "assign-seat"]],
      [asUser("early"), ["create-account", "assign-seat"]],
      [asUser("late"), ["create-account!waits-for-held", "assign-seat!no-free-seat"]],
      [asUser("last"), ["create-account!waits-for-held", "assign-seat!no-free-seat"]],
    ],
  );
  const reason = "over capacity: 50 of 50 standard seats in use, 2 waiting";
  t.deepEqual(result.waiting, [
    { user: asUser("late"), label: "late@acme.example", seat: STANDARD, place: 1, reason },
    { user: asUser("last"), label: "last@acme.example", seat: STANDARD, place: 2, reason },
  ]);
  t.regex(detailOf(people[3]!), /No seat is free \(50 of 50 standard seats in use\): place 2 in the queue\./);
  t.is(result.planned.create, 2);
});

test("a seat that a leaver frees serves a joiner of the same plan", async (t) => {
  const { people } = await fold(plans([joiner("new"), leaver("old")]), aStart({ seats: pool(50, 50) }));
  t.deepEqual(people.map(outline), [
    ["deactivate-account", "release-seat"],
    ["create-account", "assign-seat"],
  ]);
});

test("a seat that a protected leaver keeps serves nobody", async (t) => {
  const { result } = await fold(
    plans([joiner("new"), leaver("old", { role: "owner" })]),
    aStart({ seats: pool(50, 50) }),
  );
  t.is(result.waiting.length, 1);
});

test("what a leaver frees in an oversold pool makes up for that first", async (t) => {
  const { result } = await fold(plans([joiner("new"), leaver("old")]), aStart({ seats: pool(50, 51) }));
  t.is(result.waiting[0]?.reason, "over capacity: 50 of 50 standard seats in use, 1 waiting");
});

test("a pool that the product does not have has no seats", async (t) => {
  const { result } = await fold(plans([joiner("new", { seat: asSeat("gold") })]), aStart({ seats: pool(50, 0) }));
  t.is(result.waiting[0]?.reason, 'over capacity: the product has no "gold" seats, 1 waiting');
});

test("nobody waits where nobody counts seats", async (t) => {
  const { result } = await fold(plans([joiner("new"), joiner("newer")]), aStart({ seats: null }));
  t.is(result.waiting.length, 0);
});

test("where nobody counts seats, but they are known to be short, few may ask and the others wait", async (t) => {
  const short = new Map([[STANDARD, { tries: 1, words: "no standard seat left (the product said so)" }]]);
  const facts = [joiner("one", {}, 1), joiner("two", {}, 2), joiner("three", {}, 3)];
  const { result } = await fold(plans(facts), aStart({ short }));
  t.deepEqual(
    result.waiting.map(({ user, reason }) => [user, reason]),
    ["two", "three"].map((name) => [
      asUser(name),
      "over capacity: no standard seat left (the product said so), 2 waiting",
    ]),
  );
  const freed = await fold(plans([leaver("old"), ...facts]), aStart({ short }));
  t.is(freed.result.waiting.length, 2, "a seat that is freed is asked for in place of a try");
  const two = await fold(plans([leaver("old"), leaver("older"), ...facts]), aStart({ short }));
  t.is(two.result.waiting.length, 1, "and each of several");
});

test("whoever returns waits for a seat with the login", async (t) => {
  const back = linked("bo", {}, { status: "deactivated", seat: null });
  const facts = { ...back, link: { ...back.link!, offboardedAt: aLink().linkedAt } };
  const { people } = await fold(plans([facts]), aStart({ seats: pool(1, 1) }));
  t.deepEqual(outline(people[0]!), ["reactivate-account!waits-for-held", "assign-seat!no-free-seat"]);
});

test("an account that exists waits for its seat alone", async (t) => {
  const facts = linked(
    "bo",
    { desired: joiner("bo", { groups: ["Sales"] }).desired },
    { seat: null, groups: [groupId("Handmade")] },
  );
  const { people } = await fold(plans([facts]), aStart({ seats: pool(1, 1) }));
  t.deepEqual(outline(people[0]!), ["add-to-group", "assign-seat!no-free-seat"]);
});

test("an account is adopted without a seat, so that its owner can be shut out later", async (t) => {
  const facts = {
    ...joiner("bo"),
    observed: [aCandidate({ profile: aProfile({ email: "bo@acme.example" }), seat: null })],
  };
  const { people } = await fold(plans([facts]), aStart({ seats: pool(1, 1) }));
  t.deepEqual(outline(people[0]!), ["adopt-account", "assign-seat!no-free-seat"]);
});

test("a seat move keeps the old seat until the new one is free", async (t) => {
  const seats = new Map([...pool(1, 1), [asSeat("basic"), { total: 1, used: 1 }]]);
  const { people } = await fold(plans([linked("bo", {}, { seat: asSeat("basic") })]), aStart({ seats }));
  t.deepEqual(outline(people[0]!), ["release-seat!waits-for-held", "assign-seat!no-free-seat"]);
});

test("the seat that a mover gives up is not given away in the same plan", async (t) => {
  const mover = linked("bo", { desired: joiner("bo", { seat: null }).desired });
  const { result } = await fold(plans([joiner("new"), mover]), aStart({ seats: pool(1, 1) }));
  t.is(result.waiting.length, 1);
});

test("of two people who claim one account the later one is held", async (t) => {
  const account = aCandidate({ id: asAccount("m-1"), profile: aProfile({ email: "team@acme.example" }) });
  const claim = (name: string) => ({
    ...joiner(name, { profile: aProfile({ email: "team@acme.example" }) }),
    observed: [account],
  });
  const { people } = await fold(plans([claim("bo"), claim("ana")]));
  t.deepEqual(people.map(outline), [["adopt-account"], ["adopt-account!identity-conflict"]]);
  t.is(
    detailOf(people[1]!),
    "Account m-1 is claimed by team@acme.example of directory acme (user ana) in the same plan.",
  );
});

test("of two people who claim one new e-mail the later one is held with everything that follows", async (t) => {
  const { people, result } = await fold(
    plans([joiner("ana", {}, 1), joiner("bo", { profile: aProfile({ email: "ANA@acme.example" }) }, 2)]),
  );
  t.deepEqual(people.map(outline), [
    ["create-account", "assign-seat"],
    ["create-account!identity-conflict", "assign-seat!waits-for-held"],
  ]);
  t.regex(
    detailOf(people[1]!),
    /ANA@acme\.example is claimed by ana@acme\.example of directory acme \(user ana\) in the same plan/,
  );
  t.is(result.planned.create, 1);
});

test("whoever is renamed to an e-mail that a joiner of the plan gets is held, a change of case claims nothing", async (t) => {
  const renamed = linked("bo", { desired: joiner("bo", { profile: aProfile({ email: "ana@acme.example" }) }).desired });
  const recased = linked("cy", { desired: joiner("cy", { profile: aProfile({ email: "CY@acme.example" }) }).desired });
  const { people } = await fold(plans([joiner("ana"), renamed, recased]));
  t.deepEqual(people.map(outline), [
    ["create-account", "assign-seat"],
    ["update-account!identity-conflict"],
    ["update-account"],
  ]);
});

test("counts leave out what is held and whom an approval released", async (t) => {
  const facts = [leaver("a"), leaver("b"), leaver("c", { role: "owner" }), joiner("d")];
  const { result } = await fold(plans(facts), aStart({ released: new Set([asUser("b")]) }));
  t.like(result.planned, { deactivate: 1, create: 1, releaseSeat: 0, removeFromGroup: 0 });
  t.is(result.deactivating, 2);
});

test("approved changes are counted by key", async (t) => {
  const [first] = plans([leaver("a")]);
  const key = changeKey(first!.user, first!.changes[0]!);
  const people = plans(["a", "b", "c"].map((name) => leaver(name)));
  const { result } = await fold(people, aStart({ approved: (asked) => asked === key }));
  t.is(result.approved.deactivate, 1);
  t.is(result.planned.deactivate, 3);
});

test("a deletion after a deactivation shuts one account", async (t) => {
  const context = aContext({
    leavers: { action: "delete", bookings: { action: "cancel", reason: "", onFailure: "deactivate", ...NO_GRACE } },
  });
  const { result, people } = await fold(plans([leaver("a")], context));
  t.deepEqual(kinds(people[0]!.changes), ["deactivate-account", "release-seat", "delete-account"]);
  t.is(result.deactivating, 1);
});

test("the digest depends on changes and holds, not on versions, times, notes, reasons or sentences", async (t) => {
  const plan = planPerson({ ...leaver("a"), bookings: [aBooking("b1")] }, aContext());
  const digest = async (other: typeof plan) => (await fold([other])).result.digest;
  const [change] = plan.changes;
  const own = await digest(plan);
  t.regex(own, /^[0-9a-f]{12}$/);
  t.is(await digest({ ...plan, version: 9, notes: ["x"] }), own);
  t.is(await digest({ ...plan, changes: plan.changes.map((one) => ({ ...one, because: ["x"] })) }), own);
  const later = plan.changes.map((one) =>
    "startsAt" in one ? { ...one, startsAt: "2027-01-01T00:00:00.000Z" as Instant } : one,
  );
  t.is(await digest({ ...plan, changes: later }), own);
  t.not(await digest({ ...plan, changes: plan.changes.slice(1) }), own);
  const held = (hold: "mode" | "unsupported", detail: string) =>
    digest({ ...plan, changes: [], held: [{ change: change!, hold, detail }] });
  t.is(await held("mode", "a"), await held("mode", "b"));
  t.not(await held("mode", "a"), await held("unsupported", "a"));
  const other = await digest({ ...plan, changes: [], held: [{ change: plan.changes[1]!, hold: "mode", detail: "a" }] });
  t.not(await held("mode", "a"), other, "what is held counts");
  t.not(await digest({ ...plan, user: asUser("b") }), own, "and of whom");
});

test("the digest does not depend on what a joiner is told, nor on who is asked for a seat first", async (t) => {
  const digest = async (parts: Partial<PersonFacts["desired"]>) =>
    (await fold(plans([joiner("a", parts)]))).result.digest;
  const own = await digest({});
  t.is(await digest({ unmapped: ["department: Ops"] }), own);
  t.is(await digest({ problems: ["The value of title is too long."] }), own);
  t.is(await digest({ seatRank: 7 }), own);
  t.not(await digest({ groups: ["Sales"] }), own);
});

test("the digest names a successor by the account, whatever its e-mail is by now", async (t) => {
  const bookings = { ...aContext().leavers.bookings, action: "reassign" as const };
  const digest = async (account: string, label: string) => {
    const succession = { candidates: [[{ account: asAccount(account), label }]], refused: [] };
    const facts = { ...leaver("a"), bookings: [aBooking("b1")], succession };
    const context = aContext({ leavers: { ...aContext().leavers, bookings } });
    return (await fold([planPerson(facts, context)])).result.digest;
  };
  t.is(await digest("m-bo", "bo@acme.example"), await digest("m-bo", "bo.li@acme.example"));
  t.not(await digest("m-bo", "bo@acme.example"), await digest("m-cy", "bo@acme.example"));
});

test("the digest is that of everybody, in any order", async (t) => {
  const people = ["a", "b", "c"].map((name) => planPerson(leaver(name), aContext()));
  const { result } = await fold(people);
  t.is((await fold(people.toReversed())).result.digest, result.digest);
  t.not((await fold(people.slice(1))).result.digest, result.digest);
  t.not(result.digest, (await fold([])).result.digest);
  t.is((await fold([...people, aPersonPlan({ notes: ["nothing to do"] })])).result.digest, result.digest);
});
