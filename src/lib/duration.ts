const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** What a duration looks like: a whole number and a unit, `500ms`, `5s`, `15m`, `1h` or `30d`. */
export const DURATION_PATTERN = /^(\d{1,9})(ms|s|m|h|d)$/;

function isUnit(text: string | undefined): text is keyof typeof UNITS {
  return text !== undefined && Object.hasOwn(UNITS, text);
}

/** Milliseconds of a duration such as `500ms`, `5s`, `15m`, `1h` or `30d`; null for any other text. */
export function parseDuration(text: string): number | null {
  const [, count, unit] = DURATION_PATTERN.exec(text) ?? [];
  return isUnit(unit) ? Number(count) * UNITS[unit] : null;
}

/** A whole number of milliseconds in the largest unit that loses nothing: 90000 is `90s`, 0 is `0s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return "0s";
  if (ms % UNITS.d === 0) return `${ms / UNITS.d}d`;
  if (ms % UNITS.h === 0) return `${ms / UNITS.h}h`;
  if (ms % UNITS.m === 0) return `${ms / UNITS.m}m`;
  return ms % UNITS.s === 0 ? `${ms / UNITS.s}s` : `${ms}ms`;
}
