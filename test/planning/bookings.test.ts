import test from "ava";
import fc from "fast-check";
import type { BookingId } from "../../src/domain/account.ts";
import type { LeaverPolicy } from "../../src/domain/policy.ts";
import {
  bookingMeans,
  fateOf,
  leavesBookings,
  planBookings,
  returnNotes,
  type BookingMeans,
  type Succession,
  type SuccessorAccount,
} from "../../src/planning/bookings.ts";
import type { ChangeKind } from "../../src/domain/plan.ts";
import { NO_GRACE, aBooking, asAccount, kinds, without } from "../support/plan-builders.ts";

const asBooking = (id: string): BookingId => id as BookingId;
const someone = (name: string): SuccessorAccount => ({
  account: asAccount(`m-${name}`),
  label: `${name}@acme.example`,
});
const [max, bo, cy, di] = ["max", "bo", "cy", "di"].map(someone) as [
  SuccessorAccount,
  SuccessorAccount,
  SuccessorAccount,
  SuccessorAccount,
];
const moves: BookingMeans = { reassigns: true, rest: "cancel" };
const succession = (candidates: Succession["candidates"], parts: Partial<Succession> = {}): Succession => ({
  candidates,
  refused: [],
  ...parts,
});
const refused = (...people: readonly SuccessorAccount[]) => ({
  refused: people.map(({ account }) => ({ booking: asBooking("b1"), to: account })),
});

const fates: readonly (readonly [
  title: string,
  fate: SuccessorAccount | "cancel" | "keep",
  whom: Succession | undefined,
  means?: Partial<BookingMeans>,
])[] = [
  ["goes to the manager before anybody else", max, succession([[max], [bo, cy]])],
  ["goes to a colleague where there is no manager", bo, succession([[], [bo]])],
  ["goes to the next list once the first has refused", bo, succession([[max], [bo]], refused(max))],
  ["is cancelled when nobody can take it over", "cancel", succession([[], []])],
  ["is cancelled when all have refused", "cancel", succession([[max], [bo]], refused(max, bo))],
  ["is offered to three at most", "cancel", succession([[max], [bo, cy, di]], refused(max, bo, cy))],
  ["is kept when nobody can take it over, if so configured", "keep", succession([[]]), { rest: "keep" }],
  ["is not handed over where the product cannot", "cancel", succession([[max]]), { reassigns: false }],
  ["is cancelled where nobody is looked for", "cancel", undefined],
  [
    "is not refused by a refusal of another one",
    max,
    succession([[max]], { refused: [{ booking: asBooking("b2"), to: max.account }] }),
  ],
];

for (const [title, fate, whom, means] of fates) {
  test(`a booking ${title}`, (t) => {
    t.deepEqual(fateOf(asBooking("b1"), whom, { ...moves, ...means }), fate);
  });
}

type Bookings = LeaverPolicy["bookings"];
const policies: readonly (readonly [
  title: string,
  bookings: Partial<Bookings>,
  changes: ReadonlySet<ChangeKind>,
  means: BookingMeans,
])[] = [
  ["cancel", {}, without(), { reassigns: false, rest: "cancel" }],
  ["cancel, which the product cannot", {}, without("cancel-booking"), { reassigns: false, rest: "keep" }],
  ["keep", { action: "keep" }, without(), { reassigns: false, rest: "keep" }],
  ["reassign, else cancel", { action: "reassign" }, without(), { reassigns: true, rest: "cancel" }],
  ["reassign, else keep", { action: "reassign", otherwise: "keep" }, without(), { reassigns: true, rest: "keep" }],
  [
    "reassign, which the product cannot",
    { action: "reassign" },
    without("reassign-booking"),
    { reassigns: false, rest: "cancel" },
  ],
  ["reassign, and no cancelling", { action: "reassign" }, without("cancel-booking"), { reassigns: true, rest: "keep" }],
];

for (const [title, parts, changes, means] of policies) {
  test(`what is done about bookings: ${title}`, (t) => {
    const bookings: Bookings = { action: "cancel", reason: "", onFailure: "hold", ...NO_GRACE, ...parts };
    t.deepEqual(bookingMeans({ leavers: { action: "deactivate", bookings }, changes }), means);
    t.is(leavesBookings(means), !means.reassigns && means.rest === "keep");
  });
}

test("a plan names each booking, who takes it over, and how many nobody does", (t) => {
  const bookings = [aBooking("b1", { guests: 3 }), aBooking("b2")];
  const whom = succession([[max]], { refused: [{ booking: asBooking("b2"), to: max.account }] });
  const { changes, notes } = planBookings(bookings, whom, moves, ["left"]);
  t.deepEqual(kinds(changes), ["reassign-booking", "cancel-booking"]);
  t.like(changes[0], { booking: asBooking("b1"), guests: 3, to: max.account, toLabel: "max@acme.example" });
  t.deepEqual(notes, ["Nobody can take over 1 booking: it is cancelled."]);
  const none = planBookings(bookings, succession([]), { ...moves, rest: "keep" }, []);
  t.deepEqual(none, { changes: [], notes: ["Nobody can take over 2 bookings: they are left as they are."] });
});

test("whoever returns is told of bookings only when something became of them", (t) => {
  t.deepEqual(returnNotes(undefined), []);
  t.deepEqual(returnNotes({ cancelled: 0, handedOver: 0 }), []);
  t.deepEqual(returnNotes({ cancelled: 2, handedOver: 1 }), [
    "Cancelled bookings stay cancelled.",
    "Bookings that were handed over stay with those who took them over.",
  ]);
});

const people = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 8 });

test("who takes a booking over depends neither on the order of people nor on other bookings", (t) => {
  fc.assert(
    fc.property(people, fc.array(fc.string({ maxLength: 8 }), { maxLength: 10 }), fc.nat(), (names, ids, seed) => {
      const shuffled = names.toSorted((a, b) => ((a.length * 31 + seed) % 7) - ((b.length * 31 + seed) % 7)).reverse();
      for (const id of ids) {
        const one = fateOf(asBooking(id), succession([names.map(someone)]), moves);
        t.deepEqual(one, fateOf(asBooking(id), succession([shuffled.map(someone)]), moves));
      }
    }),
    { numRuns: 100 },
  );
});

test("when somebody drops out, only their bookings change hands", (t) => {
  fc.assert(
    fc.property(people, fc.string({ maxLength: 8 }), fc.nat(), (names, id, index) => {
      const gone = names[index % names.length];
      const before = fateOf(asBooking(id), succession([names.map(someone)]), moves);
      const left = names.filter((name) => name !== gone).map(someone);
      const after = fateOf(asBooking(id), succession([left]), moves);
      const wasTheirs = typeof before === "object" && before.label === `${gone}@acme.example`;
      t.true(wasTheirs || typeof before === "string" || JSON.stringify(after) === JSON.stringify(before));
    }),
    { numRuns: 100 },
  );
});

test("a booking goes to the same person in every version, so that an upgrade hands nothing over anew", (t) => {
  const heirs = ["b1", "b2", "b3", "b4"].map((id) => fateOf(asBooking(id), succession([[max, bo, cy]]), moves));
  t.deepEqual(heirs, [bo, max, cy, max]);
});

test("many bookings are shared fairly", (t) => {
  const shares = new Map<string, number>();
  for (let index = 0; index < 400; index += 1) {
    const fate = fateOf(asBooking(`booking-${index}`), succession([[max, bo, cy, di]]), moves);
    if (typeof fate === "object") shares.set(fate.label, (shares.get(fate.label) ?? 0) + 1);
  }
  t.is(shares.size, 4);
  t.true([...shares.values()].every((share) => share > 70 && share < 130));
});
