import { bookingContract } from "./connector-bookings.ts";
import { changeContract } from "./connector-change-rules.ts";
import { createContract } from "./connector-creates.ts";
import { diagnoseContract } from "./connector-diagnosis.ts";
import { failureContract } from "./connector-failures.ts";
import { inviteContract } from "./connector-invites.ts";
import { normalizeContract } from "./connector-normalize.ts";
import { observationContract } from "./connector-observation.ts";
import { seatContract } from "./connector-seats.ts";
import { contractOf, type Contract, type CreateHarness, type Declared, type Held } from "./connector-state.ts";

export type { CreateHarness, Declared } from "./connector-state.ts";

/**
 * What every connector must do, whatever its product. Registers the tests under `name`. Connectors that speak HTTP are held
 * to `badAnswerContract` (connector-answers.ts) besides.
 */
export function connectorContract(name: string, declared: Declared, createHarness: CreateHarness): void {
  const contract = contractOf(name, createHarness);
  const held = withoutGaps(declared);
  capabilityContract(contract, held);
  observationContract(contract);
  bookingContract(contract, held);
  changeContract(contract, held);
  seatContract(contract, held);
  createContract(contract, held);
  inviteContract(contract, held);
  failureContract(contract, held);
  diagnoseContract(contract);
  normalizeContract(contract, held);
}

/** The declaration with what the sandbox does where nothing is said. */
export function withoutGaps(declared: Declared): Held {
  return {
    seats: "assigned",
    bookings: "bridge",
    invites: false,
    deactivated: "shown",
    marker: true,
    ...declared,
  };
}

function capabilityContract(contract: Contract, held: Held): void {
  contract("it can do what this contract was told, no more and no less", async (t, { connector: { capabilities } }) => {
    const { changes, updates, ...others } = held;
    t.deepEqual([...capabilities.changes].sort(), [...changes].sort());
    if (updates !== undefined) t.deepEqual([...capabilities.updates].sort(), [...updates].sort());
    t.like(capabilities, others);
  });

  contract("what it says of itself fits together", async (t, { connector: { capabilities } }) => {
    const { changes, seats, bookings, bookingOrder, updates, deactivated, parking, maxConcurrency } = capabilities;
    const canDo = (...kinds: readonly (typeof changes extends ReadonlySet<infer K> ? K : never)[]) =>
      kinds.map((kind) => changes.has(kind));
    t.deepEqual(canDo("assign-seat", "release-seat"), Array(2).fill(seats !== "none"));
    t.is(changes.has("update-account"), updates.size > 0);
    if (bookings !== "bridge") t.deepEqual(canDo("cancel-booking", "reassign-booking"), [false, false]);
    // Nobody is left whose bookings could be listed.
    if (deactivated === "gone") t.is(bookingOrder, "bookings-first");
    // A renaming by a third address needs an e-mail that can be written.
    t.true(!parking || updates.has("email"));
    t.true(Number.isInteger(maxConcurrency) && maxConcurrency >= 1);
  });
}
