import type {
  AccountId,
  AccountLink,
  AccountProfile,
  LeaverReason,
  ObservedAccount,
  Seat,
} from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import type { DirectoryId, DirectoryUserId, Person } from "../../domain/directory.ts";
import type { ConnectorFault } from "../../domain/errors.ts";
import type { PersonPlan, PlanDigest, Waiting } from "../../domain/plan.ts";
import type { Mode } from "../../domain/policy.ts";
import type { AuditEvent } from "../../ports/directory-tx.ts";
import type { HeldRecord } from "../../ports/holds.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import type { ProofRecord } from "../../ports/records.ts";
import type { Failure } from "../../ports/wakes.ts";

/**
 * Why things are as they are for one person (product.md section 2, principle 8): the five steps from the IdP's word to the
 * product's answer, and everything that was recorded on the way. Plain data: `explain --json` prints exactly this.
 */
export interface Explanation {
  readonly explainedAt: Instant;
  readonly person: {
    readonly id: DirectoryUserId;
    readonly directory: DirectoryId;
    readonly userName: string;
    readonly displayName: string | null;
    /** When the personal data were erased; null while they are kept. */
    readonly erasedAt: Instant | null;
  };
  readonly verdict: Verdict;
  readonly pushed: Pushed | null;
  readonly staged: Staged;
  readonly mapped: Mapped;
  readonly matched: Matched;
  readonly planned: Planned;
  /** Everything about this person in audit log and journal, oldest first. */
  readonly timeline: readonly TimelineEntry[];
}

/**
 * The answer in a word and a sentence. `in-step`: nothing to do. `pending`: the next run does it. `left`: a leaver who is
 * shut out, or never had an account of ours. `unknown`: the product could not be asked.
 */
export interface Verdict {
  readonly state: "in-step" | "pending" | "held" | "waiting" | "conflict" | "failing" | "left" | "unknown";
  readonly sentence: string;
}

/** What the IdP said last; null in an explanation when the audit log has nothing of it. */
export interface Pushed {
  readonly at: Instant;
  /** `token:<id>` of the token that was used. */
  readonly actor: string;
  /** `user.created`, `user.changed` or `user.deleted`. */
  readonly action: string;
  /** Names of the attributes that it changed. */
  readonly attributes: readonly string[];
  /** Whether it left them active; null where the audit log does not say. */
  readonly active: boolean | null;
}

/** The person as they are staged now. */
export interface Staged {
  readonly userName: string;
  readonly externalId: string | null;
  readonly active: boolean;
  /** When the IdP last made them inactive; null while active. */
  readonly leftAt: Instant | null;
  readonly deletedAt: Instant | null;
  readonly version: number;
  readonly groups: Person["groups"];
}

/** What the mapping makes of them. */
export interface Mapped {
  readonly mappingVersion: number;
  /** The filter of the mapping; null: everybody is in scope. */
  readonly scope: string | null;
  readonly inScope: boolean;
  /** Null for somebody who should have an account. */
  readonly leaver: LeaverReason | null;
  readonly account: AccountProfile;
  /** Product groups, each with the rules that name it. */
  readonly groups: readonly { readonly group: string; readonly because: readonly string[] }[];
  /** Groups that other rules name, and none names for this person; sorted. Empty for a leaver, who gets none. */
  readonly notIn: readonly string[];
  readonly seat: Seat | null;
  /** The rule that decided about the seat; null for a leaver. */
  readonly seatBecause: string | null;
  /** Values that no rule names, as `attribute: value`. */
  readonly unmapped: readonly string[];
  /** Values that cannot be used, as sentences. */
  readonly problems: readonly string[];
}

/** Somebody staged, to be named beside the person in question. */
export interface Somebody {
  readonly id: DirectoryUserId;
  readonly userName: string;
  readonly directory: DirectoryId;
  readonly status: "active" | "inactive" | "deleted";
}

/** An account of the product that is, or may be, this person's. */
export interface ShownAccount {
  readonly id: AccountId;
  readonly email: string;
  readonly status: ObservedAccount["status"];
  readonly role: ObservedAccount["role"];
  readonly seat: Seat | null;
  /** Names; the id where the product does not name it. */
  readonly groups: readonly string[];
  /** The person whom it is linked to, if anybody. */
  readonly linkedTo: Somebody | null;
}

/** Why the product could not be asked. */
export interface Unanswered {
  readonly reason: ConnectorFault;
  readonly message: string;
}

/** Which account is theirs. */
export interface Matched {
  /** The link on record. */
  readonly link: AccountLink | null;
  /** Null when the product answered. */
  readonly unanswered: Unanswered | null;
  /**
   * As in `planning/match.ts`; `none`: a leaver without an account of ours. Null when the product could not be asked.
   */
  readonly kind: "linked" | "relinked" | "adoptable" | "new" | "missing" | "conflict" | "none" | null;
  /** Why it is a conflict, or what else is to be said of the match. */
  readonly reason: string | null;
  readonly candidates: readonly ShownAccount[];
  /** Other people who are staged with the same e-mail address. */
  readonly namesakes: readonly Somebody[];
}

/** What would be done now, what stands in the way, and what was answered last. */
export interface Planned {
  /** A plan for this person alone; null when the product could not be asked. */
  readonly now: (Pick<PersonPlan, "cause" | "changes" | "held" | "notes"> & PlanFacts) | null;
  /** What the last run held and this plan would not: beside everybody else's changes it was too much. */
  readonly heldBefore: readonly HeldRecord[];
  /** Place in the queue for a seat as the last run left it; `of` counts all who wait for such a seat. */
  readonly waiting: (Pick<Waiting, "seat" | "place" | "reason"> & { readonly of: number }) | null;
  readonly failing: Failure | null;
  /** What the configuration lets the bridge write at all. */
  readonly mode: Mode;
  /** A release lets them pass every limit now. */
  readonly released: boolean;
  /** The newest change that was sent to the product, and what it answered. */
  readonly lastAnswer: JournalEntry | null;
  /** The newest proof of this leaver. */
  readonly proof: ProofRecord | null;
}

/** What belongs to the plan as a whole. */
export interface PlanFacts {
  readonly digest: PlanDigest;
  /** A leaver with nothing left to change, who is still to be read back and proved. */
  readonly confirms: boolean;
}

/** One thing that happened: a row of the audit log, or a change of the journal. */
export type TimelineEntry =
  | ({ readonly source: "audit" } & Pick<AuditEvent, "at" | "actor" | "action" | "detail">)
  | ({ readonly source: "journal"; readonly at: Instant } & Pick<
      JournalEntry,
      "run" | "change" | "state" | "settledAt" | "error"
    >);
