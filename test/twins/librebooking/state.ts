import type { Clock } from "../../../src/ports/ambient.ts";

/** A custom attribute of a user, as an administrator defined it. */
export interface Attribute {
  readonly id: number;
  readonly value: string;
}

/** A user of the schedule. `status`: 1 active, 2 awaiting activation, 3 inactive. */
export interface User {
  readonly id: number;
  readonly userName: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly emailAddress: string;
  readonly phone: string | null;
  readonly organization: string | null;
  readonly position: string | null;
  readonly language: string;
  readonly timezone: string;
  readonly status: 1 | 2 | 3;
  readonly isAdmin: boolean;
  readonly password: string;
  readonly attributes: readonly Attribute[];
}

/** A group; `members` are ids of users. */
export interface Group {
  readonly id: number;
  readonly name: string;
  readonly isDefault: boolean;
  readonly members: ReadonlySet<number>;
}

/** One instance of a reservation. Instances of one series share `series`. */
export interface Reservation {
  readonly reference: string;
  readonly series: number;
  readonly owner: number;
  readonly startsMs: number;
  readonly endsMs: number;
  /** Users who accepted. */
  readonly participants: readonly number[];
  /** Users who were asked and did not answer: they get no mail when it is cancelled. */
  readonly invitees: readonly number[];
  readonly participatingGuests: readonly string[];
  readonly invitedGuests: readonly string[];
}

/** What a test tells of a reservation. `hours` from now (negative: ago); half an hour long. */
export interface ReservationParts {
  readonly owner: number;
  readonly hours: number;
  readonly series?: number;
  readonly participants?: readonly number[];
  readonly invitees?: readonly number[];
  readonly participatingGuests?: readonly string[];
  readonly invitedGuests?: readonly string[];
}

/** Which instances of a series an operation is about. */
export type Scope = "this" | "future" | "full";

/** Everything that an installation holds. */
export interface LibreBookingState {
  readonly users: ReadonlyMap<number, User>;
  readonly groups: ReadonlyMap<number, Group>;
  readonly reservations: ReadonlyMap<string, Reservation>;
  /** One entry for each mail about a cancelled reservation. */
  readonly mails: readonly { readonly to: string; readonly about: string }[];
  addUser(parts: Partial<Omit<User, "id">> & { readonly emailAddress: string }): User;
  putUser(user: User): void;
  /** With everything that they own, and without a word to anybody. */
  removeUser(id: number): void;
  upcomingOf(owner: number): readonly Reservation[];
  addGroup(name: string, isDefault?: boolean): Group;
  setMembers(group: number, members: ReadonlySet<number>): void;
  groupsOf(user: number): readonly Group[];
  addReservation(parts: ReservationParts): Reservation;
  /** Mails go to who takes part, not to who was only invited. */
  cancel(reference: string, scope: Scope): void;
}

const HALF_AN_HOUR_MS = 1_800_000;

/** An installation with one administrator, number 2. */
export function createLibreBookingState(clock: Clock, admin: Pick<User, "userName" | "password">): LibreBookingState {
  const users = new Map<number, User>();
  const groups = new Map<number, Group>();
  const reservations = new Map<string, Reservation>();
  const mails: { readonly to: string; readonly about: string }[] = [];
  let ids = 1;
  const now = (): number => Date.parse(clock.now());

  const state: LibreBookingState = {
    users,
    groups,
    reservations,
    mails,
    addUser(parts) {
      const user = { ...blankUser(parts.emailAddress), ...parts, id: ++ids };
      users.set(user.id, user);
      return user;
    },
    putUser: (user) => void users.set(user.id, user),
    removeUser(id) {
      users.delete(id);
      for (const group of groups.values()) state.setMembers(group.id, without(group.members, id));
      for (const { reference, owner } of reservations.values()) if (owner === id) reservations.delete(reference);
    },
    upcomingOf: (owner) => [...reservations.values()].filter((one) => one.owner === owner && one.endsMs > now()),
    addGroup(name, isDefault = false) {
      const group = { id: ++ids, name, isDefault, members: new Set<number>() };
      groups.set(group.id, group);
      return group;
    },
    setMembers(id, members) {
      const group = groups.get(id);
      if (group !== undefined) groups.set(id, { ...group, members });
    },
    groupsOf: (user) => [...groups.values()].filter(({ members }) => members.has(user)),
    addReservation({ owner, hours, series = ++ids, ...people }) {
      const reference = (++ids).toString(16).padStart(22, "5f3e1c2b0a4d71234567");
      const startsMs = now() + hours * 3_600_000;
      const nobody = { participants: [], invitees: [], participatingGuests: [], invitedGuests: [] };
      const times = { startsMs, endsMs: startsMs + HALF_AN_HOUR_MS };
      const reservation: Reservation = { reference, series, owner, ...times, ...nobody, ...people };
      reservations.set(reference, reservation);
      return reservation;
    },
    cancel(reference, scope) {
      const chosen = reservations.get(reference);
      if (chosen === undefined) return;
      for (const one of [...reservations.values()].filter((other) => isMeant(other, chosen, scope))) {
        reservations.delete(one.reference);
        for (const to of told(one, users)) mails.push({ to, about: one.reference });
      }
    },
  };
  state.addUser({ emailAddress: "admin@acme.example", firstName: "Ada", lastName: "Min", isAdmin: true, ...admin });
  return state;
}

function blankUser(emailAddress: string): Omit<User, "id"> {
  return {
    userName: emailAddress,
    firstName: "First",
    lastName: "Last",
    emailAddress,
    phone: null,
    organization: null,
    position: null,
    language: "en_us",
    timezone: "UTC",
    status: 1,
    isAdmin: false,
    password: "secret",
    attributes: [],
  };
}

function isMeant(one: Reservation, chosen: Reservation, scope: Scope): boolean {
  if (scope === "this") return one === chosen;
  return one.series === chosen.series && (scope === "full" || one.startsMs >= chosen.startsMs);
}

function told({ participants, participatingGuests }: Reservation, users: ReadonlyMap<number, User>): readonly string[] {
  return [...participants.flatMap((id) => users.get(id)?.emailAddress ?? []), ...participatingGuests];
}

function without(members: ReadonlySet<number>, id: number): ReadonlySet<number> {
  return new Set([...members].filter((member) => member !== id));
}
