/** A Cal.com account, whatever organisation it is in. */
export interface CalcomUser {
  readonly id: number;
  readonly email: string;
  readonly username: string;
  readonly name: string | null;
  readonly timeZone: string;
  readonly locale: string | null;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  /** Id of the profile in our organisation; null for somebody who is not in it, or has not accepted yet. */
  readonly profile: number | null;
}

export interface CalcomMembership {
  readonly id: number;
  readonly user: number;
  /** The organisation, or one of its teams. */
  readonly team: number;
  readonly role: "OWNER" | "ADMIN" | "MEMBER";
  readonly accepted: boolean;
}

export interface CalcomTeam {
  readonly id: number;
  readonly name: string;
  readonly slug: string;
}

export interface CalcomBooking {
  readonly uid: string;
  readonly status: "accepted" | "pending" | "cancelled" | "rejected";
  /** RFC 3339. */
  readonly start: string;
  readonly end: string;
  readonly host: number;
  /** Of a round-robin event, who may host it: these, or anybody; null: of no such event. */
  readonly pool: readonly number[] | "anybody" | null;
  /** Uid of the series. */
  readonly series: string | null;
  readonly hasSeats: boolean;
  readonly attendees: readonly string[];
}

/** How a test's Cal.com differs from today's hosted one. */
export interface CalcomManners {
  /**
   * `older`: a membership that ends leaves the profile behind, memberships do not tell whose they are, users do not show
   * their metadata, and nobody is let in by an e-mail.
   */
  readonly version: "hosted" | "older";
  /** 120 for an API key, 500 for an OAuth token. */
  readonly requestsPerMinute: number;
  /** Addresses of these domains need not accept an invitation. */
  readonly vouchedFor: readonly string[];
}

/** One organisation, all accounts in the world, and what was mailed. */
export interface CalcomState extends CalcomManners {
  readonly organization: number;
  /** Whose key it is. */
  readonly keyOwner: number;
  readonly users: Map<number, CalcomUser>;
  readonly memberships: Map<number, CalcomMembership>;
  readonly teams: Map<number, CalcomTeam>;
  readonly bookings: Map<string, CalcomBooking>;
  /** To guests, in order: whom, about which booking, and why. */
  readonly guestMails: { readonly to: string; readonly uid: string; readonly reason: string }[];
  /** To people who get an account or an invitation. */
  readonly memberMails: { readonly to: string; readonly kind: "signup" | "added" | "invited" }[];
  /** An invoice is unpaid: nobody is let in. */
  isBlocked: boolean;
  nextId(): number;
}

export const ORGANIZATION = 42;

/** An organisation with its owner, whose key it is. */
export function createCalcomState(manners: Partial<CalcomManners> = {}): CalcomState {
  let ids = 1_000;
  const nextId = (): number => ++ids;
  const keyOwner = nextId();
  const state: CalcomState = {
    version: "hosted",
    requestsPerMinute: 120,
    vouchedFor: ["acme.example"],
    ...manners,
    organization: ORGANIZATION,
    keyOwner,
    users: new Map(),
    memberships: new Map(),
    teams: new Map(),
    bookings: new Map(),
    guestMails: [],
    memberMails: [],
    isBlocked: false,
    nextId,
  };
  const owner = { email: "owner@acme.example", username: "owner", name: "Olga Owner", profile: nextId() };
  state.users.set(keyOwner, { ...NEW_USER, ...owner, id: keyOwner });
  addMembership(state, { user: keyOwner, team: ORGANIZATION, role: "OWNER", accepted: true });
  return state;
}

/** What a new account has by itself. */
const NEW_USER = { name: null, timeZone: "Europe/London", locale: "en", metadata: {}, profile: null } as const;

/** An account anywhere in Cal.com. */
export function addUser(
  state: CalcomState,
  user: Partial<CalcomUser> & Pick<CalcomUser, "email" | "username">,
): CalcomUser {
  const made = { ...NEW_USER, ...user, id: state.nextId() };
  state.users.set(made.id, made);
  return made;
}

export function addMembership(state: CalcomState, membership: Omit<CalcomMembership, "id">): CalcomMembership {
  const made = { ...membership, id: state.nextId() };
  state.memberships.set(made.id, made);
  return made;
}

/** Somebody who is in the organisation without the bridge. */
export function addMember(
  state: CalcomState,
  user: Partial<CalcomUser> & Pick<CalcomUser, "email">,
  role: CalcomMembership["role"] = "MEMBER",
): CalcomUser {
  const username = `${user.email.split("@")[0] ?? ""}-${state.nextId()}`;
  const made = addUser(state, { username, ...user, profile: state.nextId() });
  addMembership(state, { user: made.id, team: state.organization, role, accepted: true });
  return made;
}

/** Changes parts of an account. */
export function change(state: CalcomState, id: number, parts: Partial<CalcomUser>): CalcomUser {
  const user = state.users.get(id);
  if (user === undefined) throw new Error(`The twin has no user ${id}.`);
  const changed = { ...user, ...parts };
  state.users.set(id, changed);
  return changed;
}

export function userByEmail(state: CalcomState, email: string): CalcomUser | undefined {
  return [...state.users.values()].find((user) => user.email === email);
}

/** The membership of a user in the organisation or a team. */
export function membershipIn(state: CalcomState, team: number, user: number): CalcomMembership | undefined {
  return [...state.memberships.values()].find((one) => one.team === team && one.user === user);
}

/** Those of the organisation or a team. */
export function membershipsOf(state: CalcomState, team: number): readonly CalcomMembership[] {
  return [...state.memberships.values()].filter((one) => one.team === team);
}

/** Takes somebody out of the organisation and its teams. The account stays. */
export function leave(state: CalcomState, membership: CalcomMembership): void {
  if (state.version === "older") return void state.memberships.delete(membership.id);
  for (const one of state.memberships.values()) if (one.user === membership.user) state.memberships.delete(one.id);
  const user = state.users.get(membership.user);
  if (user !== undefined) change(state, user.id, { profile: null, username: `${user.username}-${user.id}` });
}

/** The person accepts the invitation to the organisation: only now they have a profile in it. */
export function accept(state: CalcomState, email: string): void {
  const user = userByEmail(state, email);
  const membership = user === undefined ? undefined : membershipIn(state, state.organization, user.id);
  if (user === undefined || membership === undefined) throw new Error(`Nobody invited ${email}.`);
  state.memberships.set(membership.id, { ...membership, accepted: true });
  change(state, user.id, { profile: state.nextId() });
}

/** A booking of half an hour; accepted, of a round-robin event, with two guests, unless told. */
export function addBooking(
  state: CalcomState,
  booking: Partial<CalcomBooking> & Pick<CalcomBooking, "host" | "start">,
): CalcomBooking {
  const made: CalcomBooking = {
    uid: `2NtaeaVcKfpmSZ${state.nextId()}`,
    status: "accepted",
    end: new Date(Date.parse(booking.start) + 1_800_000).toISOString(),
    pool: "anybody",
    series: null,
    hasSeats: false,
    attendees: ["gus@guest.example", "gia@guest.example"],
    ...booking,
  };
  state.bookings.set(made.uid, made);
  return made;
}
