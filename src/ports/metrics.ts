import type { ConnectorFault } from "../domain/errors.ts";
import type { ChangeKind } from "../domain/plan.ts";
import type { RunOutcome, RunRecord } from "./journal.ts";

/** One request to a product that was answered, or not, for health and metrics: no paths, ids or bodies. */
export interface ProductCall {
  readonly method: string;
  /** Null when nothing was answered. */
  readonly status: number | null;
  readonly durationMs: number;
  /** How long it stood in line for the rate limit before it was sent. */
  readonly waitedMs: number;
  /** Null for an answer that the connector takes. */
  readonly fault: ConnectorFault | null;
  /** Requests per minute by the configuration; null: it does not say, or this request does not count. */
  readonly perMinute: number | null;
  /** What the answer said of the product's own limit; null: nothing. */
  readonly budget: StatedUse | null;
}

/** What is left of a product's limit. `limit` null: not said. `resetMs`: until it is whole again; null: not said. */
export interface StatedUse {
  readonly limit: number | null;
  readonly remaining: number;
  readonly resetMs: number | null;
}

/** What became of one attempt at a change. `gave-way`: it was not sent, since somebody more urgent came. */
export type SettledAs = "changed" | "already-so" | "failed" | "unknown" | "gave-way";

/** A run that has ended. */
export interface MeasuredRun extends Pick<RunRecord, "lane" | "trigger"> {
  readonly outcome: RunOutcome;
  readonly durationMs: number;
}

/** A request to us that was answered. `route` is its pattern, such as `/scim/v2/Users/:id`; `none`: nobody serves it. */
export interface MeasuredRequest {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

/** What was said that made somebody a leaver (`engine/plan/leaving.ts`). */
export type LeavingWord = "deleted" | "active=false" | "out of scope" | "unknown";

/**
 * Counts and durations of what this process does, for whoever watches it. Nothing of a person gets here: whatever is handed
 * over is one of a few values that are known beforehand. Never throws, and takes no time worth speaking of.
 */
export interface Metrics {
  /** `connector` is the kind of the product, such as `calcom`; that of `product.bookings` is `calcom/bookings`. */
  productCalled(connector: string, call: ProductCall): void;
  changeSettled(kind: ChangeKind, as: SettledAs): void;
  /** A leaver is shut out and the proof is written; so long after the word by which they leave. */
  leaverDone(word: LeavingWord, tookMs: number): void;
  runFinished(run: MeasuredRun): void;
  requestAnswered(request: MeasuredRequest): void;
}
