import { z } from "zod";
import { DURATION_PATTERN, formatDuration, parseDuration } from "../lib/duration.ts";

/** A duration from `minMs` to `maxMs`, as text; `parseDuration` turns it into milliseconds. */
export function durationField(minMs: number, maxMs: number) {
  const range = `must be from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`;
  return z
    .string()
    .regex(DURATION_PATTERN, 'must be a duration such as "500ms", "5s", "15m", "1h" or "30d"')
    .refine((text) => {
      const ms = parseDuration(text) ?? minMs;
      return ms >= minMs && ms <= maxMs;
    }, range);
}

/** One of `values`; for `later` the problem says that it will come, and what to use until then. */
export function choiceField<const Values extends readonly [string, ...string[]]>(
  values: Values,
  later: readonly string[] = [],
) {
  const quoted = values.map((value) => JSON.stringify(value)).join(" or ");
  return z.enum(values, {
    error: ({ input }) =>
      typeof input === "string" && later.includes(input)
        ? `${JSON.stringify(input)} is not available yet: use ${quoted}`
        : undefined,
  });
}

/** An absolute http or https address without credentials, query or fragment. */
export function webAddressField() {
  return z.string().refine((text) => {
    const url = URL.parse(text);
    if (url === null) return false;
    const extras = url.username + url.password + url.search + url.hash;
    return (url.protocol === "https:" || url.protocol === "http:") && extras === "";
  }, "must be an http or https address without credentials, query or fragment, such as https://sync.acme.example");
}

/** A time zone by its IANA name. */
export function timeZoneField() {
  return z.string().refine((name) => {
    try {
      return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
    } catch {
      return false;
    }
  }, "must be a time zone by its IANA name, such as UTC or Europe/Berlin");
}
