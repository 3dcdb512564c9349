import type { SentLog } from "./sent-log.ts";

/** What others allow us: requests per minute, and the share of them that is kept for leavers and for others (0 to 0.9). */
export interface RateLimit {
  readonly perMinute: number;
  readonly reserve: number;
}

/** What the other side last said of our budget. Times are those of the monotonic clock, in milliseconds. */
export interface StatedBudget {
  /** Requests of one whole window. */
  readonly limit: number;
  /** What is left of them, less those that nobody has answered yet. */
  readonly remaining: number;
  /** When the next window begins. */
  readonly resetAtMs: number;
}

/** Everything that decides when the next request may go out. */
export interface Pacing {
  /** Null: not configured, only what the other side says counts. */
  readonly limit: RateLimit | null;
  /** Share of a stated budget that ordinary requests leave alone. */
  readonly reserve: number;
  /** Null until the other side has said something, and once that is out of date. */
  readonly budget: StatedBudget | null;
  /** The other side asked for a pause until then: nobody goes. */
  readonly pausedUntilMs: number;
  /** When the steady pace of the configured limit lets the next ordinary request go. */
  readonly nextMs: number;
  readonly lastSentMs: number;
}

/** A minute, and a quarter of a second for what the way to the other side takes longer at one time than at another. */
export const WINDOW_MS = 60_250;

/** The state of somebody who has sent nothing and heard nothing. */
export function startPacing(limit: RateLimit | null, reserve: number): Pacing {
  return {
    limit,
    reserve,
    budget: null,
    pausedUntilMs: -Infinity,
    nextMs: -Infinity,
    lastSentMs: -Infinity,
  };
}

/**
 * The earliest time at which the next request may go out; not after `nowMs` means at once. Urgent requests may use the
 * whole budget and are not spread; ordinary ones leave the reserve alone and go at a steady pace, so that a product that
 * counts by fixed or by sliding minutes never refuses us.
 */
export function readyAt(pacing: Pacing, sent: SentLog, nowMs: number, urgent: boolean): number {
  return Math.max(
    pacing.pausedUntilMs,
    readyByLimit(pacing, sent, nowMs, urgent),
    readyByBudget(pacing, nowMs, urgent),
  );
}

function readyByLimit({ limit, nextMs }: Pacing, sent: SentLog, nowMs: number, urgent: boolean): number {
  if (limit === null) return -Infinity;
  const freeAt = sent.freeAt(urgent ? limit.perMinute : ordinaryShare(limit), nowMs);
  return urgent ? freeAt : Math.max(freeAt, nextMs);
}

function readyByBudget({ budget, reserve, lastSentMs }: Pacing, nowMs: number, urgent: boolean): number {
  if (budget === null || nowMs >= budget.resetAtMs) return -Infinity;
  const kept = urgent ? 0 : Math.floor(budget.limit * reserve);
  const left = budget.remaining - kept;
  if (left <= 0) return budget.resetAtMs;
  if (urgent || lastSentMs === -Infinity) return -Infinity;
  // The last of them goes out half a step before the next window begins.
  return lastSentMs + Math.max(0, budget.resetAtMs - lastSentMs) / (left + 0.5);
}

/** Requests per minute that are not urgent, at least one. */
function ordinaryShare({ perMinute, reserve }: RateLimit): number {
  return Math.max(1, Math.floor(perMinute * (1 - reserve)));
}

/** After one request has gone out. A second's worth of ordinary ones may go at once. */
export function afterSending(pacing: Pacing, nowMs: number, urgent: boolean): Pacing {
  const { limit, budget } = pacing;
  return {
    ...pacing,
    lastSentMs: nowMs,
    nextMs: limit === null || urgent ? pacing.nextMs : nextInPace(limit, pacing.nextMs, nowMs),
    budget: budget === null ? null : { ...budget, remaining: Math.max(0, budget.remaining - 1) },
  };
}

function nextInPace(limit: RateLimit, nextMs: number, nowMs: number): number {
  const share = ordinaryShare(limit);
  const intervalMs = WINDOW_MS / share;
  const burst = Math.max(1, Math.floor(share / 60));
  // As if the last `burst - 1` turns had not been used yet, but never more.
  return Math.max(nextMs, nowMs - (burst - 1) * intervalMs) + intervalMs;
}

/** After the other side has said what is left. */
export function afterStatement(pacing: Pacing, budget: StatedBudget): Pacing {
  return { ...pacing, budget };
}

/** After the other side has asked everybody to wait; a shorter pause does not end a longer one. */
export function afterPause(pacing: Pacing, untilMs: number): Pacing {
  return { ...pacing, pausedUntilMs: Math.max(pacing.pausedUntilMs, untilMs) };
}
