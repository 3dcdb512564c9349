import test from "ava";
import type { Seat } from "../../../src/domain/account.ts";
import { ConnectorError } from "../../../src/domain/errors.ts";
import type { SeatHandling } from "../../../src/domain/handling.ts";
import type { PersonChange } from "../../../src/domain/plan.ts";
import type { ChangeOutcome } from "../../../src/engine/apply/carry-out.ts";
import type { PersonOutcome } from "../../../src/engine/apply/people-run.ts";
import type { SeatCount } from "../../../src/engine/apply/seat-count.ts";
import { noteSeat, orWaiting } from "../../../src/engine/apply/take-seat.ts";
import { createInMemoryConnector } from "../../support/in-memory-connector.ts";
import { STANDARD, aDesired, aPersonPlan, asAccount, asUser } from "../../support/plan-builders.ts";

const account = asAccount("m-ana");
const why = { cause: "leaver", because: [] } as const;
const release: PersonChange = { kind: "release-seat", ...why, account: { by: "id", id: account }, seat: STANDARD };
const shut: PersonChange = { kind: "deactivate-account", ...why, account };
const erase: PersonChange = { kind: "delete-account", ...why, account };
const done: ChangeOutcome = { effect: "already-so", applied: { effect: "already-so" } };
const failed: ChangeOutcome = { effect: "failed", error: new ConnectorError("rejected", "no"), isOpen: false };

/** Seats that were given back while these changes were carried out. */
function given(
  seatHandling: SeatHandling,
  changes: readonly PersonChange[],
  outcomeOf: (change: PersonChange) => ChangeOutcome = () => done,
): readonly Seat[] {
  const back: Seat[] = [];
  const seats: SeatCount = {
    take: () => true,
    give: (seat) => void back.push(seat),
    describe: () => "",
    served: () => undefined,
    refuse: () => undefined,
  };
  const { connector } = createInMemoryConnector({ seatHandling });
  const plan = aPersonPlan({ changes });
  for (const change of changes) noteSeat({ seats, connector }, plan, change, outcomeOf(change));
  return back;
}

const isShutting = ({ kind }: PersonChange): boolean => kind !== "release-seat";
const cases: readonly (readonly [title: string, seats: readonly Seat[], expected: readonly Seat[]])[] = [
  ["a seat that is assigned is free when it was released", given("assigned", [release, shut]), [STANDARD]],
  [
    "a seat that is assigned is free though shutting the account fails",
    given("assigned", [release, shut], (change) => (isShutting(change) ? failed : done)),
    [STANDARD],
  ],
  ["a seat that comes with the account is free once", given("implied", [release, shut, erase]), [STANDARD]],
  ["a seat that comes with the account is free when it was deleted", given("implied", [release, erase]), [STANDARD]],
  [
    "a seat that comes with the account is not free when shutting it fails",
    given("implied", [release, shut], (change) => (isShutting(change) ? failed : done)),
    [],
  ],
  ["an account without a seat frees none", given("implied", [shut]), []],
];

for (const [title, seats, expected] of cases) {
  test(title, (t) => {
    t.deepEqual(seats, expected);
  });
}

const create: PersonChange = { kind: "create-account", cause: "joiner", because: [], desired: aDesired() };
const assign: PersonChange = { ...release, kind: "assign-seat" };
const refused = (changes: readonly PersonChange[], seatHandling: SeatHandling) => {
  const { connector } = createInMemoryConnector({ seatHandling });
  const error = new ConnectorError("no-seat", "all are taken");
  const outcome: PersonOutcome = { user: asUser("ana"), state: "failed", steps: [], error };
  return orWaiting({ connector }, outcome, aPersonPlan({ changes }), null);
};

test("whoever is refused the seat that they were to have waits for one", (t) => {
  for (const handling of ["assigned", "implied"] as const) {
    t.like(refused([create, assign], handling), { state: "waiting", error: null, waitsFor: { seat: STANDARD } });
  }
});

test("whoever is refused for want of a seat that nobody planned has failed, and is told what to do", (t) => {
  for (const [handling, expected] of [
    [
      "none",
      "in-memory refuses for want of a seat (all are taken), though as far as its connector knows in-memory has no seats. Free or buy a seat in the product; where it is connected by a recipe, say there that seats are implied.",
    ],
    [
      "assigned",
      'in-memory refuses for want of a seat (all are taken), though the mapping gives this person none. Name a pool for them in the mapping ("seats"), or free or buy a seat in the product.',
    ],
  ] as const) {
    const { state, error, waitsFor } = refused([create], handling);
    t.is(state, "failed");
    t.is(waitsFor, undefined);
    t.like(error, { reason: "no-seat", message: expected, cause: { message: "all are taken" } });
  }
});
