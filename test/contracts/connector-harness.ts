import type {
  AccountId,
  AccountProfile,
  BookingId,
  DesiredAccount,
  ObservedAccount,
  ProductGroupId,
  Seat,
} from "../../src/domain/account.ts";
import type { DirectoryId, DirectoryUserId } from "../../src/domain/directory.ts";
import { ConnectorError } from "../../src/domain/errors.ts";
import type { AccountRef, ChangeKind, GroupRef } from "../../src/domain/plan.ts";
import type { ApplyContext, Connector } from "../../src/ports/connector.ts";

/** How the product is to fail, from now until `heal`; `lost-reply` and `unavailable-after-effect` concern writes only. */
export type HarnessFault =
  "auth" | "rate-limited" | "unavailable" | "not-json" | "lost-reply" | "unavailable-after-effect";

/**
 * A product, its connector, and a way to look at the product and to spoil it that does not go through the connector.
 * What a product does not have (groups, bookings) may be left out; what it does otherwise than most is said at the end.
 */
export interface ConnectorHarness {
  readonly connector: Connector;
  /** Number of accounts that takes at least three pages to list; null where all of them come at once. */
  readonly severalPages: number | null;
  /**
   * Where seats are assigned, a pool that has exactly two, both free; where they are implied, the name of the pool (with
   * room for everybody); null where the product has none.
   */
  readonly seat: Seat | null;
  /** An active account that the bridge did not make; fields of the profile that the product does not have are left out. */
  addAccount(profile: AccountProfile): Promise<AccountId>;
  addGroup?(name: string): Promise<ProductGroupId>;
  /** Starts so many hours from now (negative: ago), lasts half an hour, with two guests. */
  addBooking?(account: AccountId, hoursFromNow: number): Promise<BookingId>;
  /** The product's time, RFC 3339. */
  now(): string;
  /** All accounts as the connector is to show them. */
  accounts(): Promise<readonly ObservedAccount[]>;
  groupNames?(): Promise<readonly string[]>;
  /** Messages to guests so far. */
  mails?(): Promise<number>;
  /** Write requests that have reached the product so far, refused ones included. */
  writes(): Promise<number>;
  fail(fault: HarnessFault): Promise<void>;
  /** The second page of the list of accounts fails; where all come at once, that list. */
  failSecondPage(): Promise<void>;
  heal(): Promise<void>;

  /** Writes that one change takes; 1 unless told. Those of adoptions and implied seats are 0 in any case. */
  writesPer?(kind: ChangeKind): number;
  /** Messages to guests when a booking with two guests is cancelled or handed over; 2 unless told. */
  mailsPer?(kind: "cancel-booking" | "reassign-booking"): number;
  /** Guests that the connector counts of such a booking; 2 unless told. */
  readonly guests?: number;
  /** How far ahead a booking may be and must still be listed; 300 days unless told. */
  readonly horizonDays?: number;
  /** An id of the product's own form that nobody has; `nobody-has-this-id` unless told. */
  readonly unknownAccount?: AccountId;
  /** How long the product's 429 asks us to wait, or the connector waits where it does not say; 120,000 unless told. */
  readonly pauseMs?: number;
  /** Where the product invites: the person with this e-mail accepts. */
  accept?(email: string): Promise<void>;
  /** Where seats are implied and may run out: from now on none is left. */
  fillSeats?(): Promise<void>;
}

/** A person who should have an account. */
export function aDesiredAccount(overrides: Partial<DesiredAccount> = {}): DesiredAccount {
  return {
    user: "user-ana" as DirectoryUserId,
    directory: "acme" as DirectoryId,
    status: "active",
    profile: { email: "ana@acme.example", displayName: "Ana Lima", givenName: "Ana", familyName: "Lima" },
    seat: null,
    seatRank: 0,
    groups: [],
    because: [],
    unmapped: [],
    ...overrides,
  };
}

/** What an apply hands over; references resolve only when they hold an id. */
export function anApplyContext(overrides: Partial<ApplyContext> = {}): ApplyContext {
  return {
    signal: new AbortController().signal,
    urgent: false,
    patience: new AbortController().signal,
    idempotencyKey: "key",
    guestReason: "Your host is no longer available.",
    mayHaveHappened: false,
    account: byId,
    group: byId,
    ...overrides,
  };
}

function byId<Id extends string>(
  ref: { readonly by: "id"; readonly id: Id } | Exclude<AccountRef | GroupRef, { readonly by: "id" }>,
): Id {
  if (ref.by === "id") return ref.id;
  throw new ConnectorError("missing", "nobody has this reference yet");
}
