import type {
  AccountId,
  AccountProfile,
  Booking,
  BookingId,
  ObservedAccount,
  ObservedGroup,
  ProductGroupId,
  Seat,
  SeatPool,
} from "../../src/domain/account.ts";
import type { Instant } from "../../src/domain/brand.ts";
import { ConnectorError } from "../../src/domain/errors.ts";

/** A meeting in the in-memory product. */
export interface StoredBooking extends Booking {
  readonly cancelled: boolean;
}

/** What a test puts into the in-memory product. */
export interface NewAccount extends Partial<Omit<ObservedAccount, "profile">> {
  readonly profile: AccountProfile;
}

/** The state of a complete scheduling product, without any interface. Methods throw ConnectorError as a product would refuse. */
export class InMemoryState {
  /** The organisation that this product says it is; null: it does not say. */
  tenant: string | null = "org_1";
  readonly accounts = new Map<AccountId, ObservedAccount>();
  readonly groups = new Map<ProductGroupId, ObservedGroup>();
  readonly bookings = new Map<BookingId, StoredBooking>();
  /** One entry for each guest who was told. */
  readonly mails: {
    readonly booking: BookingId;
    readonly kind: "cancelled" | "reassigned";
    readonly reason: string;
  }[] = [];
  readonly #totals: Map<Seat, number>;
  #last = 0;

  constructor(seats: Readonly<Record<string, number>>) {
    this.#totals = new Map(Object.entries(seats).map(([pool, total]) => [pool as Seat, total]));
  }

  addAccount(account: NewAccount): AccountId {
    const id = account.id ?? (this.#newId("acc") as AccountId);
    if (this.byEmail(account.profile.email) !== undefined) throw new ConnectorError("conflict", "e-mail taken");
    this.accounts.set(id, { id, status: "active", role: "member", seat: null, groups: [], ...account });
    return id;
  }
  addGroup(name: string): ProductGroupId {
    const id = this.#newId("grp") as ProductGroupId;
    this.groups.set(id, { id, name });
    return id;
  }
  addBooking(booking: {
    readonly account: AccountId;
    readonly startsAt: string;
    readonly endsAt: string;
    readonly guests?: number;
  }): BookingId {
    const id = this.#newId("bkg") as BookingId;
    const { account, guests = 1 } = booking;
    const startsAt = booking.startsAt as Instant;
    this.bookings.set(id, { id, account, startsAt, endsAt: booking.endsAt as Instant, guests, cancelled: false });
    return id;
  }

  account(id: AccountId): ObservedAccount {
    const account = this.accounts.get(id);
    if (account === undefined) throw new ConnectorError("missing", "no such account");
    return account;
  }
  byEmail(email: string): ObservedAccount | undefined {
    const wanted = email.toLowerCase();
    return [...this.accounts.values()].find((account) => account.profile.email.toLowerCase() === wanted);
  }
  change(id: AccountId, fields: Partial<ObservedAccount>): void {
    this.accounts.set(id, { ...this.account(id), ...fields });
  }
  removeAccount(id: AccountId): void {
    this.accounts.delete(id);
    for (const booking of this.bookings.values()) if (booking.account === id) this.bookings.delete(booking.id);
  }
  buySeats(seat: Seat, more: number): void {
    this.#totals.set(seat, (this.#totals.get(seat) ?? 0) + more);
  }
  pools(): ReadonlyMap<Seat, SeatPool> {
    const used = (pool: Seat): number => [...this.accounts.values()].filter((account) => account.seat === pool).length;
    return new Map([...this.#totals].map(([pool, total]) => [pool, { total, used: used(pool) }]));
  }
  tell(booking: StoredBooking, kind: "cancelled" | "reassigned", reason: string): void {
    for (let guest = 0; guest < booking.guests; guest++) this.mails.push({ booking: booking.id, kind, reason });
  }

  #newId(prefix: string): string {
    return `${prefix}_${++this.#last}`;
  }
}
