import type { Brand, Instant } from "./brand.ts";
import type { DirectoryId, DirectoryUserId } from "./directory.ts";

/** The product's id of an account, a group or a booking. */
export type AccountId = Brand<string, "AccountId">;
export type ProductGroupId = Brand<string, "ProductGroupId">;
export type BookingId = Brand<string, "BookingId">;
/** The name of a seat (licence) pool, such as `standard`. */
export type Seat = Brand<string, "Seat">;

/** The fields of an account that the mapping may own. An absent field is not ours and is never touched. */
export interface AccountProfile {
  readonly email: string;
  readonly displayName?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly timezone?: string;
  readonly locale?: string;
}

/** Why a person should have no active account. */
export type LeaverReason = "inactive" | "deleted" | "out-of-scope";

/** What the mapping says a person should have. */
export interface DesiredAccount {
  readonly user: DirectoryUserId;
  readonly directory: DirectoryId;
  readonly externalId?: string;
  readonly status: "active" | "deactivated";
  /** Set exactly when `status` is `deactivated`. */
  readonly leaver?: LeaverReason;
  readonly profile: AccountProfile;
  readonly seat: Seat | null;
  /** Place in the queue for a seat: index of the seat rule that gave it, lower is served first. */
  readonly seatRank: number;
  /** Names of product groups, sorted, without repetition. */
  readonly groups: readonly string[];
  /** Names of the mapping rules that produced this, for explanations. */
  readonly because: readonly string[];
  /** Values that no rule of an attribute mapping names, as `attribute: value`; shown, never fatal. */
  readonly unmapped: readonly string[];
  /** Values that cannot be written and were passed over, as whole sentences; shown, never fatal by themselves. */
  readonly problems?: readonly string[];
}

/** What the product shows of one account. */
export interface ObservedAccount {
  readonly id: AccountId;
  /** Who made it: a mark as `domain/marker.ts` writes it, kept in the product where it can hold one. */
  readonly marker?: string;
  readonly externalId?: string;
  /** `pending`: invited, not yet accepted. */
  readonly status: "active" | "pending" | "deactivated";
  readonly role: "owner" | "admin" | "member";
  readonly profile: AccountProfile;
  readonly seat: Seat | null;
  readonly groups: readonly ProductGroupId[];
}

/** A group as the product shows it. */
export interface ObservedGroup {
  readonly id: ProductGroupId;
  readonly name: string;
}

/** Who holds the link to an account; `gone` when that person was deleted from the directory. */
export interface LinkHolder {
  readonly user: DirectoryUserId;
  readonly gone: boolean;
  /** The rest is known only where somebody else is asked about the account: how to name the holder, and where they are. */
  readonly label?: string;
  readonly directory?: DirectoryId;
  /** The holder has left that directory, in which the e-mail of whoever asks was theirs. */
  readonly hasLeft?: true;
  /** The holder has left, and the account was proved gone: where it is there again, it is somebody else's. */
  readonly ended?: true;
}

/** An account that may be this person's: found by link, marker, external id or e-mail. */
export interface Candidate {
  readonly account: ObservedAccount;
  readonly linkedTo: LinkHolder | null;
  /**
   * Whom the mark on an account without a link names, if that is somebody else whom we know; of an account on record that
   * was proved gone and is there again, for whom we ordered one with its e-mail.
   */
  readonly madeFor?: LinkHolder;
}

/** A meeting that guests have booked with the account's owner. */
export interface Booking {
  readonly id: BookingId;
  readonly account: AccountId;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  /** How many guests would be told. */
  readonly guests: number;
}

/** Whether a listing of accounts can be trusted to be all of them. */
export type Completeness =
  | { readonly complete: true; readonly accounts: number }
  | {
      readonly complete: false;
      readonly accounts: number;
      readonly reason: "page-failed" | "duplicate-id" | "total-differs" | "too-few" | "stopped";
      readonly detail: string;
    };

/** What the product shows at one time. */
export interface Observation {
  /** The product's own id of the organisation that we write to; null when it does not say. */
  readonly tenant: string | null;
  readonly groups: readonly ObservedGroup[];
  /** Free seats per pool; null when the product does not say. */
  readonly seats: ReadonlyMap<Seat, SeatPool> | null;
  /** All accounts, page by page. Read once, spooled, never held whole; not read at all for a single person. */
  readonly pages: AsyncIterable<readonly ObservedAccount[]>;
  /** Settles when `pages` ends or is left early; never rejects. */
  readonly completeness: Promise<Completeness>;
}

/** Seats of one pool. `used` may exceed `total` where the product was oversold. */
export interface SeatPool {
  readonly total: number;
  readonly used: number;
}

/** Seat and groups of an account. Groups are names, sorted. */
export interface Entitlements {
  readonly seat: Seat | null;
  readonly groups: readonly string[];
}

/** What somebody may edit by hand in the product: a field of the profile, the seat, the groups, or whether it is active. */
export type DriftField = keyof AccountProfile | "seat" | "groups" | "status";

/** The record that a directory user and an account are the same person. */
export interface AccountLink {
  readonly user: DirectoryUserId;
  readonly account: AccountId;
  readonly origin: "created" | "adopted";
  readonly linkedAt: Instant;
  /** What we last wrote, or saw in step; null when never. Tells drift (the product was edited) from a move (the directory changed). */
  readonly applied: AccountProfile | null;
  /** Seat and groups as we last gave them, or saw them at first contact; null when never. Tells drift from a move, too. */
  readonly entitlements: Entitlements | null;
  /** How often a field was put back since the directory last changed it; absent: never. Ends fights with whoever edits it. */
  readonly repairs: Readonly<Partial<Record<DriftField, number>>>;
  /** When this leaver was read back as shut out; null for everybody else. While null, a leaver's bookings are listed again. */
  readonly offboardedAt: Instant | null;
}

/** What a link remembers of the account beside whose it is. */
export type Remembered = Pick<AccountLink, "applied" | "entitlements" | "repairs">;
