import { parseBudget } from "../rate-headers.ts";
import type { BudgetHeaders, ResponseHeaders } from "../rate-headers.ts";
import type { Recipe } from "./schema.ts";

/** How a product's own headers for its rate limit are read; undefined where it has the usual ones. */
export function budgetReader({
  remaining,
  limit,
  reset,
  unit,
}: Recipe["rateLimit"]): ((headers: ResponseHeaders, now: string) => BudgetHeaders | null) | undefined {
  if (remaining === undefined) return undefined;
  return (headers, now) => {
    const left = numberOf(headers, remaining);
    // A product may send the usual ones as well, or instead where it is behind a gateway.
    if (left === null) return parseBudget(headers, now);
    const at = numberOf(headers, reset);
    return { remaining: left, limit: numberOf(headers, limit), resetMs: at === null ? null : UNITS[unit](at, now) };
  };
}

const UNITS: Readonly<Record<Recipe["rateLimit"]["unit"], (value: number, now: string) => number>> = {
  seconds: (value) => value * 1_000,
  milliseconds: (value) => value,
  "epoch-seconds": (value, now) => Math.max(0, value * 1_000 - Date.parse(now)),
  "epoch-milliseconds": (value, now) => Math.max(0, value - Date.parse(now)),
};

function numberOf(headers: ResponseHeaders, name: string | undefined): number | null {
  const value = name === undefined ? undefined : headers[name.toLowerCase()];
  return typeof value === "string" && /^\d{1,15}$/.test(value.trim()) ? Number(value.trim()) : null;
}
