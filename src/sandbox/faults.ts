import { z } from "zod";

const KINDS = [
  "latency",
  "rate-limited",
  "unauthorized",
  "error-before-effect",
  "error-after-effect",
  "lost-reply",
  "short-list",
  "empty-list",
  "repeated-list",
  "not-json",
] as const;

/** How the product is to misbehave, towards which requests, and how often. */
export const faultBody = z.strictObject({
  /**
   * `latency`: answers `delayMs` later. `rate-limited`: 429 with `Retry-After`. `unauthorized`: 401.
   * `error-before-effect`, `error-after-effect`: `status` (a 5xx) without or with the effect.
   * `lost-reply`: the effect, then the connection is cut. `short-list`: half of the items and no next page, `total`
   * as it is. `empty-list`: no items, no next page, total 0. `repeated-list`: the next page is this one again, `total` as
   * it is. `not-json`: 200 with a page in HTML, and no effect.
   */
  kind: z.enum(KINDS),
  match: z
    .strictObject({
      method: z
        .string()
        .transform((method) => method.toUpperCase())
        .exactOptional(),
      /** Beginning of the path, such as `/v1/members`. */
      path: z.string().startsWith("/").exactOptional(),
    })
    .default({}),
  /** How many matching requests to let pass first. */
  after: z.int().min(0).default(0),
  /** How many requests to hit; null: all, until the faults are cleared. */
  times: z.int().min(1).nullable().default(1),
  delayMs: z.int().min(0).max(600_000).default(1000),
  retryAfterSeconds: z.int().min(0).default(1),
  status: z.int().min(500).max(599).default(500),
});

/** A fault as it was asked for, with defaults filled in. */
export type FaultSpec = z.output<typeof faultBody>;

/** A fault that waits for requests. */
export interface Fault extends FaultSpec {
  readonly id: string;
  /** Requests that it has hit so far. */
  readonly hits: number;
}

/** The faults that are set. */
export interface Faults {
  /** Takes what a caller would POST; throws ZodError. */
  add(spec: z.input<typeof faultBody>): Fault;
  list(): readonly Fault[];
  clear(): void;
  /** The oldest fault that is due for this request, counted as a hit; undefined when there is none. */
  take(method: string, path: string): Fault | undefined;
}

/** No faults. */
export function createFaults(newId: () => string): Faults {
  const waiting: { fault: Fault; toPass: number }[] = [];
  const matches = ({ match }: Fault, method: string, path: string): boolean =>
    (match.method === undefined || match.method === method) && path.startsWith(match.path ?? "");
  return {
    add(spec) {
      const fault = { id: newId(), hits: 0, ...faultBody.parse(spec) };
      waiting.push({ fault, toPass: fault.after });
      return fault;
    },
    list: () => waiting.map((entry) => entry.fault),
    clear: () => void waiting.splice(0),
    take(method, path) {
      for (const [index, entry] of waiting.entries()) {
        if (!matches(entry.fault, method, path)) continue;
        if (entry.toPass > 0) {
          entry.toPass--;
          continue;
        }
        entry.fault = { ...entry.fault, hits: entry.fault.hits + 1 };
        if (entry.fault.hits === entry.fault.times) waiting.splice(index, 1);
        return entry.fault;
      }
      return undefined;
    },
  };
}
