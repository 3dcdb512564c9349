import type { Seat, SeatPool } from "../../domain/account.ts";
import type { Waiting } from "../../domain/plan.ts";
import type { SeatSupply, Shortage } from "../../planning/seat-queue.ts";
import type { View } from "./observe.ts";
import type { SeatMemory } from "./seat-memory.ts";

/** From where seats are known. */
export interface SupplySources {
  readonly view: Pick<View, "seats" | "seatsInUse">;
  /** `product.seats` of the configuration; null: not configured. */
  readonly configured: ReadonlyMap<Seat, number> | null;
  /** Who waits for a seat since the last run. */
  readonly waiting: readonly Waiting[];
  readonly memory: SeatMemory;
  /** A run for everybody: only there the product is asked whether it has seats again. */
  readonly isWhole: boolean;
}

/**
 * The product's own count, else the configured pools with what is in use of them, else nothing but what the product said
 * when it was asked: who waits shows which pools were empty.
 */
export function seatSupply(sources: SupplySources): SeatSupply {
  const { view, configured } = sources;
  if (view.seats !== null) return { pools: view.seats };
  return configured === null ? toldByAnswers(sources) : toldByConfiguration(sources, configured);
}

/** What is said of a pool that the product has refused to take a seat from. */
export function refusedWords(seat: Seat): string {
  return `no ${seat} seat left (the product said so)`;
}

function toldByAnswers({ waiting, memory, isWhole }: SupplySources): SeatSupply {
  const seats = new Set(waiting.map(({ seat }) => seat));
  const short = [...seats].map((seat): [Seat, Shortage] => {
    const tries = memory.isGenerous(seat) ? Infinity : isWhole ? 1 : 0;
    return [seat, { tries, words: refusedWords(seat) }];
  });
  return { pools: null, short: new Map(short) };
}

function toldByConfiguration({ view, memory }: SupplySources, configured: ReadonlyMap<Seat, number>): SeatSupply {
  const pools = new Map<Seat, SeatPool>();
  const short = new Map<Seat, Shortage>();
  for (const [seat, total] of configured) {
    const used =
      view.seatsInUse === null ? memory.inUse(seat) : Math.max(view.seatsInUse.get(seat) ?? 0, memory.inUse(seat) ?? 0);
    if (used !== null) pools.set(seat, { total, used });
    else short.set(seat, { tries: 0, words: `how many of ${total} ${seat} seats are in use shows the next full run` });
  }
  return { pools, short };
}
