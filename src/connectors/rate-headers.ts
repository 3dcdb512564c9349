/** A product's budget as its headers tell it. */
export interface BudgetHeaders {
  /** Requests per window; null: not said. */
  readonly limit: number | null;
  readonly remaining: number;
  /** Until the next window, milliseconds; null: not said. */
  readonly resetMs: number | null;
}

/** Headers as Node gives them: names in lower case. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** `X-RateLimit-Remaining`, `RateLimit-Remaining`, and Cal.com's `X-RateLimit-Remaining-Default`, where the end names the limit. */
const SEPARATE = /^(?:x-)?rate-?limit-(limit|remaining|reset)(?:-([\w-]+))?$/;
/** Numbers from here on are dates: seconds, or milliseconds, since 1970. */
const EPOCH_SECONDS = 1_000_000_000;
const EPOCH_MS = 1_000_000_000_000;

/**
 * Reads what a product says of its rate limit, by `X-RateLimit-*`, `RateLimit-*` or the structured `RateLimit` field of the
 * IETF drafts; of several limits the one with the least left. Null when nothing is said. `now` is RFC 3339.
 */
export function parseBudget(headers: ResponseHeaders, now: string): BudgetHeaders | null {
  const stated = [...separateBudgets(headers, now), ...structuredBudgets(headers)];
  return stated.toSorted((one, other) => one.remaining - other.remaining)[0] ?? null;
}

function separateBudgets(headers: ResponseHeaders, now: string): readonly BudgetHeaders[] {
  const byName = new Map<string, Partial<Record<string, string>>>();
  for (const [name, value] of Object.entries(headers)) {
    const match = SEPARATE.exec(name);
    if (match === null || typeof value !== "string") continue;
    const [, part = "", limit = ""] = match;
    byName.set(limit, { ...byName.get(limit), [part]: value });
  }
  return [...byName.values()].flatMap((parts) => {
    const remaining = wholeNumber(parts["remaining"]);
    if (remaining === null) return [];
    return { limit: wholeNumber(parts["limit"]), remaining, resetMs: resetMsOf(parts["reset"], now) };
  });
}

/** `"default";r=50;t=30`, and the older `limit=100, remaining=50, reset=30`. */
function structuredBudgets(headers: ResponseHeaders): readonly BudgetHeaders[] {
  const { ratelimit: field, "ratelimit-policy": policy } = headers;
  if (typeof field !== "string") return [];
  const named = (text: unknown, name: string): number | null =>
    typeof text === "string" ? wholeNumber(new RegExp(`(?:^|[;,\\s])${name}=(\\d+)`).exec(text)?.[1]) : null;
  const remaining = named(field, "r") ?? named(field, "remaining");
  if (remaining === null) return [];
  const seconds = named(field, "t") ?? named(field, "reset");
  const limit = named(field, "limit") ?? named(policy, "q");
  return [{ limit, remaining, resetMs: seconds === null ? null : seconds * 1_000 }];
}

/** The first whole number of a value such as `100, 100;w=60`. */
function wholeNumber(text: string | undefined): number | null {
  const digits = /^\s*(\d{1,15})(?:\.\d+)?(?=\s*(?:$|[,;]))/.exec(text ?? "")?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Small numbers are seconds that are left, large ones the time of the reset; a date may be written out, too. */
function resetMsOf(text: string | undefined, now: string): number | null {
  if (text === undefined) return null;
  const nowMs = Date.parse(now);
  const value = wholeNumber(text);
  if (value === null) {
    const at = Date.parse(text);
    return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
  }
  if (value < EPOCH_SECONDS) return value * 1_000;
  return Math.max(0, (value < EPOCH_MS ? value * 1_000 : value) - nowMs);
}
