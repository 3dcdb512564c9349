import type { Instant } from "./brand.ts";

/** What alerts can be asked for (`alerts[].on`), in the order in which they are shown. */
export const ALERT_TOPICS = ["held", "failing", "over-capacity", "silent-idp", "token"] as const;
/** A subject that a webhook asks for, or does not. */
export type AlertTopic = (typeof ALERT_TOPICS)[number];

/** `critical`: somebody who should be out may still be in, or nothing works any more. */
export type AlertSeverity = "critical" | "warning";

/** How long a directory may be silent before that is an alert, unless the configuration says otherwise; milliseconds. */
export const SILENT_AFTER_MS = 24 * 60 * 60_000;

/** A webhook that is told of alerts. */
export interface AlertTarget {
  /** Its address: a secret. */
  readonly webhook: string;
  readonly on: readonly AlertTopic[];
  readonly silentAfterMs: number;
}

/** Something that somebody should know of, as it is now. Ids, counts and names of the configuration; never a person's. */
export interface Condition {
  /** The same for the same thing as long as it lasts, such as `over-capacity:standard`. */
  readonly key: string;
  readonly topic: AlertTopic;
  readonly severity: AlertSeverity;
  /** A few words, without a full stop. */
  readonly title: string;
  /** What is wrong, and the exact next command. */
  readonly text: string;
  readonly counts: Readonly<Record<string, number>>;
  /** How much of it there is: it is told again when this has grown a lot. */
  readonly size: number;
  /** It is told again as soon as this has grown: the thresholds of a token that expires. */
  readonly stage: number;
  /** It is not told before it has lasted for so long; milliseconds. */
  readonly lastsMs: number;
}

/** What a webhook is told. */
export interface Notice {
  /** Never the same twice: who is told twice, because an answer was lost, can tell by it. */
  readonly id: string;
  readonly event: "raised" | "cleared" | "test";
  readonly key: string;
  readonly topic: AlertTopic | "test";
  readonly severity: AlertSeverity;
  readonly title: string;
  readonly text: string;
  readonly counts: Readonly<Record<string, number>>;
  /** True when it was told before, and has got worse. */
  readonly again: boolean;
  /** When it was seen first. */
  readonly since: Instant;
  readonly at: Instant;
}
