import type { Instant } from "../domain/brand.ts";
import type { Metrics } from "./metrics.ts";

/** Time, as an argument. Durations come from `monotonicMs`, display and audit from `now`. */
export interface Clock {
  now(): Instant;
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonicMs(): number;
  /** Milliseconds since the machine was started, as every process on it sees them, and which start that was; null: not known. */
  uptime(): { readonly ms: number; readonly boot: string | null };
  /** Resolves after `ms`, or at once when the signal is aborted; never rejects. Does not keep the process alive for ever. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Makes a new opaque id (UUID), never the same twice. */
export type NewId = () => string;

/** A number in [0, 1), for jitter only. */
export type Random = () => number;

/** Fields of a log line: ids, counts, codes and durations; never names, e-mails, tokens or bodies. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Structured log. Events are `noun.verb`. An error is logged by name, code and stack, never with what it carries. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields, error?: unknown): void;
  error(event: string, fields?: LogFields, error?: unknown): void;
}

/** What nearly everything needs from the world around it. */
export interface Ambient {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
}
