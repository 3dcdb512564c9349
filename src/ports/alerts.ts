import type { AlertSeverity, Condition, Notice } from "../domain/alert.ts";
import type { Instant } from "../domain/brand.ts";

/** A condition and what was told of it. It is open once it was raised, and gone once it was clear for a while. */
export interface AlertState {
  /** As it was last seen. */
  readonly condition: Condition;
  readonly since: Instant;
  /** When its size last grew. */
  readonly grewAt: Instant;
  /** Null: it has not lasted long enough. */
  readonly raised: {
    readonly at: Instant;
    /** When it was last told, and how large it was then. */
    readonly toldAt: Instant;
    readonly size: number;
    readonly stage: number;
    readonly severity: AlertSeverity;
    /** Ids of the webhooks that were told. */
    readonly to: readonly string[];
  } | null;
  /** Since when it does not hold any more; null while it does. */
  readonly clearSince: Instant | null;
}

/** A notice on its way to one webhook. */
export interface QueuedNotice {
  /** Counts up: notices of one webhook are delivered in this order. */
  readonly sequence: number;
  /** Id of the webhook: its address is kept nowhere. */
  readonly webhook: string;
  readonly notice: Notice;
  /** Attempts that failed. */
  readonly attempts: number;
}

/** What one look at the conditions changes. */
export interface AlertChanges {
  readonly put: readonly AlertState[];
  /** Keys of conditions that are over. */
  readonly remove: readonly string[];
  readonly notices: readonly Pick<QueuedNotice, "webhook" | "notice">[];
}

/** What is wrong and who was told. Survives restarts, so that nothing is told twice or forgotten. */
export interface Alerts {
  /** `revision` grows with every `save`. By `since`, then key. */
  list(): Promise<{ readonly revision: number; readonly states: readonly AlertState[] }>;
  /** One unit; resolves to false, and writes nothing, when somebody saved since `revision` was read. */
  save(revision: number, changes: AlertChanges): Promise<boolean>;
  /**
   * The oldest notice to this webhook, unless its next attempt is later than `now`: nobody else gets it until `until`.
   * A notice whose turn is more than an hour away is due: the clock was set back.
   */
  claim(webhook: string, now: Instant, until: Instant): Promise<QueuedNotice | undefined>;
  /** It was delivered. */
  delivered(sequence: number): Promise<void>;
  /** An attempt failed, and the next one may be made at `nextAt`. */
  postpone(sequence: number, attempts: number, nextAt: Instant): Promise<void>;
  /** Takes away what is older than `before`, and returns it, oldest first. */
  giveUp(before: Instant): Promise<readonly QueuedNotice[]>;
}
