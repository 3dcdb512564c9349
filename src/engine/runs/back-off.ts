/** How a failing call is repeated: the first delay, its ceiling, both in milliseconds. */
export interface BackOff {
  readonly firstMs: number;
  readonly capMs: number;
}

/** For a person whose changes failed: 1 s, doubling, at most 15 min. */
export const PERSON_BACK_OFF: BackOff = { firstMs: 1_000, capMs: 15 * 60_000 };
/** For a whole run that failed: 1 s, doubling, at most 1 min, since leavers may be waiting. */
export const RUN_BACK_OFF: BackOff = { firstMs: 1_000, capMs: 60_000 };
/** For a run whose listing could not be trusted: 1 min, doubling, at most 15 min, since it may take a person to say it is right. */
export const LISTING_BACK_OFF: BackOff = { firstMs: 60_000, capMs: 15 * 60_000 };
/** Within one change: short, since the next run tries again anyway. */
export const CALL_BACK_OFF: BackOff = { firstMs: 200, capMs: 2_000 };

/**
 * The delay before the attempt after `attempts` failed ones, in milliseconds: doubled each time up to the cap, then
 * spread over its upper half by `random` in [0, 1), so that many do not come back at once. Never less than `atLeastMs`.
 */
export function delayAfter(attempts: number, backOff: BackOff, random: number, atLeastMs = 0): number {
  const full = Math.min(backOff.capMs, backOff.firstMs * 2 ** Math.min(attempts - 1, 30));
  return Math.max(atLeastMs, Math.round(full / 2 + (full / 2) * random));
}
