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
import type { AccountRef, GroupRef } from "../../src/domain/plan.ts";
import type { ApplyContext, Connector } from "../../src/ports/connector.ts";

/** How the product is to fail, from now until `heal`; `lost-reply` and `unavailable-after-effect` concern writes only. */
export type HarnessFault =
  "auth" | "rate-limited" | "unavailable" | "not-json" | "lost-reply" | "unavailable-after-effect";

/** A product, its connector, and a way to look at the product and to spoil it that does not go through the connector. */
export interface ConnectorHarness {
  readonly connector: Connector;
  /** Number of accounts that takes at least three pages to list. */
  readonly severalPages: number;
  /** A pool that has exactly two seats, both free; null where the product has no seats. */
  readonly seat: Seat | null;
  addAccount(profile: AccountProfile): Promise<AccountId>;
  addGroup(name: string): Promise<ProductGroupId>;
  /** Starts so many hours from now (negative: ago), lasts half an hour, with two guests. */
  addBooking(account: AccountId, hoursFromNow: number): Promise<BookingId>;
  /** The product's time, RFC 3339. */
  now(): string;
  accounts(): Promise<readonly ObservedAccount[]>;
  groupNames(): Promise<readonly string[]>;
  /** Messages to guests so far. */
  mails(): Promise<number>;
  /** Write requests that have reached the product so far, refused ones included. */
  writes(): Promise<number>;
  fail(fault: HarnessFault): Promise<void>;
  /** The second page of the list of accounts fails. */
  failSecondPage(): Promise<void>;
  heal(): Promise<void>;
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
