import {
  afterPause,
  afterSending,
  afterStatement,
  readyAt,
  startPacing,
  WINDOW_MS,
  type Pacing,
  type RateLimit,
} from "./pacing.ts";
import { createSentLog } from "./sent-log.ts";
import { createWaitingLine, type Left, type Waiter, type Wish } from "./waiting-line.ts";

export type { RateLimit } from "./pacing.ts";

/** Time for pacing: milliseconds from an arbitrary start, and pauses. */
export interface PacingClock {
  monotonicMs(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What the other side said with one answer. */
export interface Heard {
  /** Requests per window, what is left of them, and the milliseconds until the next window; null: not said. */
  readonly budget: {
    readonly limit: number | null;
    readonly remaining: number;
    readonly resetMs: number | null;
  } | null;
  /** We are asked to slow down (429), or to come back later (`Retry-After`). */
  readonly refused: boolean;
  /** For how long, milliseconds; undefined: not said. */
  readonly retryAfterMs: number | undefined;
}

/**
 * `granted`: send now, and tell what was answered (null: nothing was). Else nothing may be sent: `stopped` or `impatient`
 * as the signals say, `closed` when the other side wants a longer pause than is waited out here.
 */
export type Turn =
  | { readonly granted: true; answered(heard: Heard | null): void }
  | { readonly granted: false; readonly why: Left | "closed"; readonly waitMs: number };

/** Lets requests through at the pace that is allowed: the urgent ones first, each kind in the order in which they ask. */
export interface RateLimiter {
  turn(wish: Wish): Promise<Turn>;
}

/** A pause of one whole window is waited out; a longer one is for those who asked to decide about. */
const LONGEST_WAIT_MS = 65_000;
/** The longest pause that is believed, and the longest window. */
const LONGEST_PAUSE_MS = 15 * 60_000;
/** Where nothing else is said. */
const USUAL_WINDOW_MS = 60_000;
const FIRST_PAUSE_MS = 1_000;
/** Share of a stated budget that is kept where nothing is configured. */
const USUAL_RESERVE = 0.2;

/** Paces requests by a configured limit, by what the other side says with its answers, or by both. */
export function createRateLimiter(limit: RateLimit | null, clock: PacingClock): RateLimiter {
  const sent = createSentLog(WINDOW_MS);
  const ledger = createLedger(startPacing(limit, limit?.reserve ?? USUAL_RESERVE), clock);
  let isServing = false;
  let change = new AbortController();

  const look = (): void => {
    change.abort();
    change = new AbortController();
    if (!isServing) void serve();
  };
  const line = createWaitingLine<Turn>((why) => ({ granted: false, why, waitMs: 0 }), look);

  const grant = (waiter: Waiter<Turn>, nowMs: number): void => {
    sent.add(nowMs);
    const own = ledger.send(nowMs, waiter.urgent);
    waiter.settle({
      granted: true,
      answered(heard) {
        ledger.hear(own, heard);
        look();
      },
    });
  };
  const serve = async (): Promise<void> => {
    isServing = true;
    for (let waiter = line.first(); waiter !== undefined; waiter = line.first()) {
      const nowMs = clock.monotonicMs();
      const waitMs = readyAt(ledger.pacing(), sent, nowMs, waiter.urgent) - nowMs;
      if (waitMs <= 0) grant(waiter, nowMs);
      else if (waitMs <= LONGEST_WAIT_MS) await clock.sleep(waitMs, change.signal);
      else waiter.settle({ granted: false, why: "closed", waitMs: Math.ceil(waitMs) });
    }
    isServing = false;
  };
  return { turn: (wish) => line.join(wish) };
}

/** What was sent and heard so far, and what follows from it. */
interface Ledger {
  pacing(): Pacing;
  /** Returns the number of the request. */
  send(nowMs: number, urgent: boolean): number;
  hear(request: number, heard: Heard | null): void;
}

function createLedger(start: Pacing, clock: PacingClock): Ledger {
  const unanswered = new Set<number>();
  let pacing = start;
  let newestSent = 0;
  let newestHeard = 0;
  let refusals = 0;
  let refusedUpTo = 0;
  return {
    pacing: () => pacing,
    send(nowMs, urgent) {
      newestSent += 1;
      unanswered.add(newestSent);
      pacing = afterSending(pacing, nowMs, urgent);
      return newestSent;
    },
    hear(request, heard) {
      unanswered.delete(request);
      if (heard === null) return;
      const nowMs = clock.monotonicMs();
      // Of answers that overtake each other, only what was said of the newest request counts.
      if (heard.budget !== null && request > newestHeard) {
        newestHeard = request;
        pacing = learn(pacing, heard.budget, unanswered.size, nowMs);
      }
      if (!heard.refused) return void (refusals = 0);
      // Requests that were under way together are refused together: that is one refusal.
      if (request > refusedUpTo) refusals += 1;
      refusedUpTo = newestSent;
      pacing = afterPause(pacing, nowMs + pauseMs(heard, refusals));
    },
  };
}

function learn(pacing: Pacing, said: NonNullable<Heard["budget"]>, unanswered: number, nowMs: number): Pacing {
  const limit = said.limit ?? Math.max(pacing.budget?.limit ?? 0, said.remaining);
  const resetMs = Math.min(said.resetMs ?? USUAL_WINDOW_MS, LONGEST_PAUSE_MS);
  return afterStatement(pacing, {
    limit,
    remaining: Math.max(0, said.remaining - unanswered),
    resetAtMs: nowMs + resetMs,
  });
}

/** What was asked for; else until the next window; else twice as long with each refusal in a row. */
function pauseMs({ budget, retryAfterMs }: Heard, refusals: number): number {
  const grown = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(refusals - 1, 16), USUAL_WINDOW_MS);
  const untilReset = budget?.remaining === 0 ? budget.resetMs : null;
  return Math.min(retryAfterMs ?? untilReset ?? grown, LONGEST_PAUSE_MS);
}
