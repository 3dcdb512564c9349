import type { Seat } from "../../domain/account.ts";
import type { Clock } from "../../ports/ambient.ts";
import type { Lease } from "../../ports/leases.ts";
import type { Store } from "../../ports/store.ts";
import type { PersonOutcome } from "./people-run.ts";

/**
 * Pools of the seats that somebody gave back who stays. The seats of leavers serve others in the same plan; these are
 * counted by no plan before the next.
 */
export function freedSeats({ steps }: Pick<PersonOutcome, "steps">): readonly Seat[] {
  return steps.flatMap(({ change, effect }) =>
    change.kind === "release-seat" && change.cause !== "leaver" && effect === "changed" ? [change.seat] : [],
  );
}

/**
 * Wakes the first who waits for a seat of each of these pools: the urgent run that follows takes the others along. Nobody
 * is woken where nobody waits, so that it ends by itself; a wake-up that a kill prevents costs no more than the time until
 * the next run for everybody.
 */
export async function wakeNextInQueue(
  { holds, wakes }: Pick<Store, "holds" | "wakes">,
  clock: Clock,
  lease: Lease,
  freed: ReadonlySet<Seat>,
): Promise<void> {
  if (freed.size === 0) return;
  const waiting = await holds.waiting();
  const next = [...freed].flatMap((seat) => waiting.find((entry) => entry.seat === seat)?.user ?? []);
  if (next.length > 0) await wakes.wake(lease, next, clock.now());
}
