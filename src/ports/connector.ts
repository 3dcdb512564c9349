import type { Instant } from "../domain/brand.ts";
import type {
  AccountId,
  AccountProfile,
  Booking,
  DesiredAccount,
  ObservedAccount,
  Observation,
  ProductGroupId,
} from "../domain/account.ts";
import type { BookingHandling, SeatHandling } from "../domain/handling.ts";
import type { AccountRef, BookingOrder, Change, ChangeKind, GroupRef } from "../domain/plan.ts";

/** What a product can do; the planner holds what it cannot as `unsupported`. */
export interface Capabilities {
  readonly changes: ReadonlySet<ChangeKind>;
  /** Changes that destroy data, and that the product could make if `product.allowDelete` let it; none unless told. */
  readonly locked?: ReadonlySet<ChangeKind>;
  readonly seats: SeatHandling;
  readonly bookings: BookingHandling;
  /** Fields of the profile that update-account can write; a difference in another one is told, and left. */
  readonly updates: ReadonlySet<keyof AccountProfile>;
  /** Whether somebody has to accept an invitation before their account is active: until then it is `pending`. */
  readonly invites: boolean;
  /** Whether an account that is `pending` can be put into groups; where it cannot, its groups follow once it is active. */
  readonly pendingGroups: boolean;
  /** What deactivate-account leaves: an account that is shown as deactivated, or none, so that a return makes one anew. */
  readonly deactivated: "shown" | "gone";
  /** `deactivate-first` only where a deactivated account's bookings stay listable and cancellable. */
  readonly bookingOrder: BookingOrder;
  /** Whether the product stores our marker, so that a create whose reply was lost is found again. */
  readonly marker: boolean;
  /** Whether the product counts its seats; without it `product.seats` does. */
  readonly seatCounts: boolean;
  /** Whether an e-mail may be changed without a message to anybody, so that two people can swap theirs by a third address. */
  readonly parking: boolean;
  /** How many people may be worked on at once; at least 1. */
  readonly maxConcurrency: number;
}

/** What an apply hands to a connector beside the change itself. */
export interface ApplyContext {
  readonly signal: AbortSignal;
  /** Made for a leaver: its requests go before all others that wait for the product's rate limit, and may use the reserve. */
  readonly urgent: boolean;
  /**
   * Aborted when others are to go first: a request that still waits for the rate limit is then not sent, and the apply ends
   * as `rate-limited`. What was sent is not touched.
   */
  readonly patience: AbortSignal;
  /** The same for every attempt at one change; sent where the product takes such keys. */
  readonly idempotencyKey: string;
  /** Text for the guests of a cancelled booking. */
  readonly guestReason: string;
  /** True when an earlier attempt may have taken effect: the connector must read before it writes. */
  readonly mayHaveHappened: boolean;
  /** Resolves a reference; throws ConnectorError `missing` when its account or group does not exist. */
  account(ref: AccountRef): AccountId;
  group(ref: GroupRef): ProductGroupId;
}

/** What a change brought about. `already-so` is success: nothing was written, or the product said that nothing changed. */
export interface Applied {
  readonly effect: "changed" | "already-so";
  /** Set by create-account. */
  readonly account?: AccountId;
  /** Set by create-account where somebody has to accept an invitation first, in a product in which not everybody has to. */
  readonly pending?: true;
  /** Set by create-group. */
  readonly group?: ProductGroupId;
}

/** A scheduling product, behind one face. Every implementation must pass `test/contracts/connector.ts`. */
export interface Connector {
  readonly name: string;
  readonly capabilities: Capabilities;
  /**
   * The product's own canonical form of a desired account (letter case, trimmed names, known time zones).
   * Must be pure and idempotent, so that a product's habits never show as drift.
   */
  normalize(desired: DesiredAccount): DesiredAccount;
  /** Groups and seats at once, accounts page by page. Must not modify the product. `urgent` here and below: as in ApplyContext. */
  observe(signal: AbortSignal, urgent?: boolean): Promise<Observation>;
  /**
   * One person, read afresh: the account with this id and those with this e-mail, each once.
   * Must return an empty list, never an error, when there is none. An empty `email` is that of somebody who is forgotten,
   * or has none that can be used: the id alone counts.
   */
  find(
    who: { readonly account?: AccountId; readonly email: string },
    signal: AbortSignal,
    urgent?: boolean,
  ): Promise<readonly ObservedAccount[]>;
  /**
   * Upcoming bookings of one account that end after `from`, in all states that still concern guests, over the whole horizon. Must list those of a deactivated account too where bookingOrder is deactivate-first.
   * `email`: the last that is known of the account, for whoever has to look for it elsewhere when it is gone.
   */
  bookings(
    account: AccountId,
    from: Instant,
    signal: AbortSignal,
    urgent?: boolean,
    email?: string,
  ): AsyncIterable<Booking>;
  /**
   * Carries out one change. Must be safe to repeat: a create looks for its marker and e-mail first when
   * `mayHaveHappened`, what is already so answers `already-so`, and no guest is told twice.
   * Must throw ConnectorError only.
   */
  apply(change: Change, context: ApplyContext): Promise<Applied>;
  /**
   * Looks at credentials, rights, rate limit, seats and what else an admin can mend, and says what it found, one after the
   * other, for `doctor`. Must write nothing. What fails is a finding, not an error; throws only what an aborted signal makes.
   */
  diagnose(signal: AbortSignal): AsyncIterable<Finding>;
  close(): Promise<void>;
}

/** One thing that was looked at. */
export interface Finding {
  /** What was looked at, in a few words: `credentials`, `rate limit`, `seats`. */
  readonly subject: string;
  readonly verdict: "good" | "warning" | "bad";
  /** What was found, as a whole sentence for people. */
  readonly detail: string;
  /** What to do about it, as a whole sentence; absent where there is nothing to do. */
  readonly remedy?: string;
}
