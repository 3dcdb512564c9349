import type { Instant } from "../../domain/brand.ts";
import { ConnectorError, type ConnectorFault } from "../../domain/errors.ts";
import { addMs } from "../../domain/instant.ts";
import type { Clock, Random } from "../../ports/ambient.ts";
import { delayAfter, RUN_BACK_OFF } from "./back-off.ts";

/** Faults of the product or of our credentials: nothing about one person. */
export const AFFECTS_EVERYBODY: ReadonlySet<ConnectorFault> = new Set<ConnectorFault>([
  "auth",
  "rate-limited",
  "unavailable",
]);

/** So many in a row whom the product failed: it is not they who are at fault. */
const FAILURES_IN_A_ROW = 5;
/** The last so many who were asked about, not longer ago than this. */
const WINDOW = 50;
const WINDOW_MS = 5 * 60_000;
/** Of at least so many, more than this share. */
const AT_LEAST = 20;
const SHARE = 0.4;

/** Tells trouble with one person from trouble with the product. */
export interface Breaker {
  /** Learns how the product did for somebody; throws the fault once it is taken for everybody's. */
  note(error: ConnectorError | null): void;
  /** True until a product that failed has shown that it is well: then one at a time is enough. */
  isCareful(): boolean;
}

/** Why nothing is sent, and until when. */
export interface OpenCircuit {
  /** One sentence for people. */
  readonly message: string;
  readonly since: Instant;
  /** When the product is tried again, with care. */
  readonly retryAt: Instant;
}

/** What this process remembers, from run to run, of a product that fails. */
export interface Circuit {
  /** The breaker of one run. */
  breaker(): Breaker;
  /** Throws ConnectorError `unavailable` while the product is left alone; its `retryAfterMs` says for how long. */
  expectReady(): void;
  /** Null while the product is asked as usual. */
  state(): OpenCircuit | null;
}

/**
 * Makes a circuit that is closed. Refused credentials and a request to slow down end a run at once. A product that fails
 * ends it when it failed several people in a row, since one whom it always fails must not stop the others, or many of
 * those it was last asked about. It is then left alone for a while, and tried with care after that: the first failure
 * opens the circuit again, for longer; the first success closes it.
 */
export function createCircuit(clock: Clock, random: Random): Circuit {
  const recent = createRecent(clock);
  let open: (OpenCircuit & { readonly retryAtMs: number }) | null = null;
  let trips = 0;

  const trip = (error: ConnectorError, words: string): void => {
    trips += 1;
    const since = open?.since ?? clock.now();
    const delayMs = delayAfter(trips, RUN_BACK_OFF, random(), error.retryAfterMs);
    const message = `The circuit breaker is open, so that nothing is written: ${words} (${error.message})`;
    open = { message, since, retryAt: addMs(clock.now(), delayMs), retryAtMs: clock.monotonicMs() + delayMs };
    recent.forget();
  };
  const close = (): void => {
    open = null;
    trips = 0;
  };

  return {
    state: () => open,
    expectReady() {
      if (open === null) return;
      const retryAfterMs = Math.ceil(open.retryAtMs - clock.monotonicMs());
      if (retryAfterMs <= 0) return;
      throw new ConnectorError("unavailable", `${open.message}. It is tried again at ${open.retryAt}.`, {
        retryAfterMs,
      });
    },
    breaker() {
      let inARow = 0;
      // Those who were under way when it opened prove nothing: only who begins after that may close it.
      let onTrial = open !== null;
      return {
        isCareful: () => onTrial && open !== null,
        note(error) {
          const isEverybodys = error !== null && AFFECTS_EVERYBODY.has(error.reason);
          inARow = isEverybodys ? inARow + 1 : 0;
          if (!isEverybodys) {
            recent.add(false);
            if (onTrial) close();
            return;
          }
          if (error.reason !== "unavailable") throw error;
          if (open !== null && !onTrial) throw error;
          recent.add(true);
          const words =
            open === null ? reasonToOpen(inARow, recent.failed(), recent.count()) : "the product failed again";
          if (words === null) return;
          onTrial = false;
          trip(error, words);
          throw error;
        },
      };
    },
  };
}

/** What would open a closed circuit, in words; null when nothing would. */
function reasonToOpen(inARow: number, failed: number, count: number): string | null {
  if (inARow >= FAILURES_IN_A_ROW) return `the product failed ${inARow} people in a row`;
  return count >= AT_LEAST && failed > count * SHARE
    ? `the product failed ${failed} of the last ${count} people`
    : null;
}

/** How the product did lately. */
interface Recent {
  add(failed: boolean): void;
  count(): number;
  failed(): number;
  forget(): void;
}

function createRecent(clock: Pick<Clock, "monotonicMs">): Recent {
  let outcomes: readonly { readonly atMs: number; readonly failed: boolean }[] = [];
  return {
    add(failed) {
      const atMs = clock.monotonicMs();
      const fresh = outcomes.filter((outcome) => outcome.atMs > atMs - WINDOW_MS);
      outcomes = [...fresh, { atMs, failed }].slice(-WINDOW);
    },
    count: () => outcomes.length,
    failed: () => outcomes.filter((outcome) => outcome.failed).length,
    forget: () => void (outcomes = []),
  };
}

/** Returns the fault of one person's reading as a value, once the breaker has let it pass for that. */
export async function isolated<T>(breaker: Breaker, work: () => Promise<T>): Promise<T | ConnectorError> {
  try {
    const result = await work();
    breaker.note(null);
    return result;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    breaker.note(error);
    return error;
  }
}
