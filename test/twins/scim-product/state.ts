import type { ScimVendorRules } from "./vendor-rules.ts";

/** Attributes of a resource as they were written. */
export interface Attributes {
  readonly [name: string]: unknown;
}

/** A user or a group as the product holds it. */
export interface Held {
  readonly id: string;
  readonly version: number;
  readonly attributes: Attributes;
}

/** A meeting; `cancelled` ones stay. */
export interface HeldBooking {
  readonly user: string;
  readonly guests: number;
  readonly cancelled: boolean;
}

/** Why a write was refused. */
export type StateFault = "taken" | "no-seat" | "domain";

/** Everything that a SCIM product holds. */
export interface ScimState {
  users(): readonly Held[];
  user(id: string): Held | undefined;
  /** The id, or why there is none. */
  addUser(attributes: Attributes): string | { readonly fault: StateFault };
  /** Null: done. */
  setUser(id: string, attributes: Attributes): StateFault | null;
  removeUser(id: string): void;
  groups(): readonly Held[];
  addGroup(name: string, members?: readonly string[]): string;
  setGroup(id: string, attributes: Attributes): void;
  addBooking(user: string, guests: number): void;
  bookings(): readonly HeldBooking[];
  /** Messages to guests so far. */
  mails(): number;
  /** Addresses that were sent an invitation. */
  invitations(): readonly string[];
  /** From now on there are so many seats. */
  setSeats(total: number): void;
}

/** A product of this vendor that holds nobody. */
export function createScimState(rules: ScimVendorRules): ScimState {
  const users = new Map<string, Held>();
  const groups = new Map<string, Held>();
  let bookings: readonly HeldBooking[] = [];
  const invitations: string[] = [];
  let [ids, mails, seats] = [0, 0, Number.POSITIVE_INFINITY];

  const isActive = ({ attributes }: Held): boolean => attributes["active"] !== false;
  const others = (id: string | null): readonly Held[] => [...users.values()].filter((user) => user.id !== id);
  function faultOf(id: string | null, attributes: Attributes): StateFault | null {
    const name = nameOf(attributes);
    const { domains } = rules;
    if (domains !== null && !domains.includes(name.split("@")[1] ?? "")) return "domain";
    if (others(id).some((user) => nameOf(user.attributes) === name)) return "taken";
    const taken = others(id).filter(isActive).length;
    return rules.noSeat !== null && attributes["active"] !== false && taken >= seats ? "no-seat" : null;
  }
  function shut(id: string): void {
    if (!rules.cancelsBookings) return;
    for (const booking of bookings.filter(({ user, cancelled }) => user === id && !cancelled)) mails += booking.guests;
    bookings = bookings.map((booking) => (booking.user === id ? { ...booking, cancelled: true } : booking));
  }

  return {
    users: () => [...users.values()],
    user: (id) => users.get(id),
    addUser(attributes) {
      const fault = faultOf(null, attributes);
      if (fault !== null) return { fault };
      const id = rules.newId(++ids);
      users.set(id, { id, version: 1, attributes });
      if (rules.invites) invitations.push(nameOf(attributes));
      return id;
    },
    setUser(id, attributes) {
      const fault = faultOf(id, attributes);
      if (fault !== null) return fault;
      const before = users.get(id);
      if (attributes["active"] === false && before !== undefined && isActive(before)) shut(id);
      users.set(id, { id, version: (before?.version ?? 0) + 1, attributes });
      return null;
    },
    removeUser(id) {
      shut(id);
      users.delete(id);
    },
    groups: () => [...groups.values()],
    addGroup(name, members = []) {
      const id = `group-${++ids}`;
      groups.set(id, { id, version: 1, attributes: { displayName: name, members } });
      return id;
    },
    setGroup(id, attributes) {
      groups.set(id, { id, version: (groups.get(id)?.version ?? 0) + 1, attributes });
    },
    addBooking: (user, guests) => void (bookings = [...bookings, { user, guests, cancelled: false }]),
    bookings: () => bookings,
    mails: () => mails,
    invitations: () => [...invitations],
    setSeats: (total) => void (seats = total),
  };
}

function nameOf({ userName }: Attributes): string {
  return typeof userName === "string" ? userName.toLowerCase() : "";
}

/** The ids of the members of a group. */
export function memberIds({ attributes }: Held): readonly string[] {
  return Array.isArray(attributes["members"]) ? attributes["members"].map(String) : [];
}
