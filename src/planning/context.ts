import type {
  AccountLink,
  Booking,
  Candidate,
  DesiredAccount,
  ObservedGroup,
  Seat,
  SeatPool,
} from "../domain/account.ts";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryId, DirectoryUserId } from "../domain/directory.ts";
import type { BookingHandling, SeatHandling } from "../domain/handling.ts";
import type { BookingOrder, ChangeKind } from "../domain/plan.ts";
import type { DriftPolicy, LeaverPolicy, ProtectedPolicy, RehirePolicy } from "../domain/policy.ts";
import type { Shortage } from "./seat-queue.ts";
import type { LastLeave, Succession } from "./bookings.ts";
import type { ProfileField } from "./diff.ts";

/** What is the same for everybody in one plan. */
export interface PlanContext {
  /** Changes the product can carry out; the others are held as `unsupported`. */
  readonly changes: ReadonlySet<ChangeKind>;
  /** Fields that the product lets us write; a difference in another one is told, never planned. */
  readonly updates: ReadonlySet<ProfileField>;
  readonly seats: SeatHandling;
  readonly bookings: BookingHandling;
  readonly bookingOrder: BookingOrder;
  /** Whether whoever is new has to accept an invitation first, and whether an account can be in groups before that. */
  readonly invites: boolean;
  readonly pendingGroups: boolean;
  readonly leavers: LeaverPolicy;
  readonly protected: ProtectedPolicy;
  readonly rehire: RehirePolicy;
  readonly drift: DriftPolicy;
  /** People who pass every limit and every standing quarrel. */
  readonly released: ReadonlySet<DirectoryUserId>;
  /** People who have failed again and again: they keep no seat from those who wait. */
  readonly failing: ReadonlySet<DirectoryUserId>;
  /** The product's groups as observed. */
  readonly groups: readonly ObservedGroup[];
  /** Names of groups that some rule names: the only ones a person is ever taken out of. */
  readonly managedGroups: ReadonlySet<string>;
  readonly authoritative: boolean;
  readonly createMissing: boolean;
  /** Verified domains per directory, lower case; `*` allows any. */
  readonly verifiedDomains: ReadonlyMap<DirectoryId, readonly string[]>;
  readonly now: Instant;
}

/** What is known of one person. */
export interface PersonFacts {
  readonly directory: DirectoryId;
  readonly version: number;
  /** When the person was first staged: the place in the queue for a seat. */
  readonly since: Instant;
  readonly desired: DesiredAccount;
  /** Accounts that may be this person's; the linked one is among them when it still exists. */
  readonly observed: readonly Candidate[];
  readonly link: AccountLink | null;
  /** Upcoming bookings of the linked account; null when they were not asked for (`needsBookings` says when to). */
  readonly bookings: readonly Booking[] | null;
  /** Who may take these bookings over; absent when nobody was looked for (`needsSuccession` says when to). */
  readonly succession?: Succession;
  /** When the word came by which this person leaves; absent for those who stay. */
  readonly leftAt?: Instant;
  /** What was done to the account when its holder left, if that was undone by nobody since; absent when nothing was. */
  readonly lastLeave?: LastLeave;
  /**
   * E-mails under which an account may have been made for them without our learning of it; only where the product keeps no
   * mark of ours, by which it would be known.
   */
  readonly tried?: readonly string[];
  /** Somebody active in another directory with the same e-mail, if there is one. */
  readonly rival?: Rival;
  /** The mapping was edited after the IdP's last word on this person, and that edit took them out of scope. */
  readonly leftByMapping?: boolean;
}

/**
 * Another directory's claim on a person's e-mail. While it stands, leaving this directory offboards nobody; of two claims
 * to one account, that of the directory listed first holds.
 */
export interface Rival {
  readonly directory: DirectoryId;
  /** Whether the other directory comes first in the configuration. */
  readonly listedFirst: boolean;
}

/** What the fold over people starts from. */
export interface FoldStart {
  /** Seat pools; null when nobody counts seats, so that nobody waits but for those that are `short`. */
  readonly seats: ReadonlyMap<Seat, SeatPool> | null;
  /** Pools that are known to have too few seats, though nobody counts them. */
  readonly short?: ReadonlyMap<Seat, Shortage>;
  /**
   * True when the listing cannot be trusted: whoever is not in it looks as if they had nothing, so that those who need a
   * whole listing claim no seat, and nobody queues for one.
   */
  readonly untrusted?: boolean;
  /** Whether the product lets an account wait at another address unnoticed, so that e-mails may go round in a circle. */
  readonly parking: boolean;
  /** Whether an open approval covers this change. */
  approved(changeKey: string): boolean;
  readonly released: ReadonlySet<DirectoryUserId>;
}
