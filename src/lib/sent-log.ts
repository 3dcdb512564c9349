/** When requests went out, as far back as one window reaches. */
export interface SentLog {
  add(atMs: number): void;
  /** How many went out within the window that ends then. */
  count(nowMs: number): number;
  /** The first time, not before `nowMs`, at which fewer than `most` requests went out within the window that ends then. */
  freeAt(most: number, nowMs: number): number;
}

/** Forgotten entries are cut off once there are so many. */
const CUT_AT = 1_024;

/** An empty log of windows of `spanMs`. Holds as many numbers as went out within one window, and a few more. */
export function createSentLog(spanMs: number): SentLog {
  let times: number[] = [];
  let first = 0;
  const forget = (nowMs: number): void => {
    while (first < times.length && (times[first] ?? nowMs) <= nowMs - spanMs) first += 1;
    if (first < CUT_AT) return;
    times = times.slice(first);
    first = 0;
  };
  return {
    add: (atMs) => void times.push(atMs),
    count(nowMs) {
      forget(nowMs);
      return times.length - first;
    },
    freeAt(most, nowMs) {
      forget(nowMs);
      const oldest = times[times.length - most];
      return times.length - first < most || oldest === undefined ? nowMs : oldest + spanMs;
    },
  };
}
