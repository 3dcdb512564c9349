import type { TwinClock } from "./twin-clock.ts";

/** Somebody with a Calendly account of their own, in the organisation or not. */
export interface CalendlyUser {
  readonly id: string;
  email: string;
  name: string;
  timezone: string;
  readonly createdAt: string;
}

/** That somebody is in the organisation. */
export interface CalendlyMembership {
  readonly id: string;
  readonly user: string;
  role: "owner" | "admin" | "user";
  readonly createdAt: string;
}

/** That somebody was asked into the organisation. */
export interface CalendlyInvitation {
  readonly id: string;
  readonly email: string;
  status: "pending" | "accepted" | "declined";
  user: string | null;
  readonly createdAt: string;
  updatedAt: string;
}

/** A meeting. `hosts` are users, one unless it is a collective one. */
export interface CalendlyEvent {
  readonly id: string;
  readonly name: string;
  readonly hosts: readonly string[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly invitees: readonly string[];
  /** Whom an invitee brought along. */
  readonly guests: readonly string[];
  cancellation: { readonly reason: string | null } | null;
}

/** One message to somebody outside. */
export interface CalendlyMail {
  readonly to: string;
  readonly event: string;
  readonly reason: string | null;
}

/** An organisation of Calendly with everybody who is or was in it. Its parts may be looked at and changed by tests. */
export interface CalendlyState {
  readonly organization: string;
  /** User id of whoever the token belongs to: at first, of the organisation's owner. */
  tokenOwner: string;
  /** Seats that were bought, or come with the trial; open invitations take one, too. Null: enough for everybody. */
  seats: number | null;
  isTrial: boolean;
  /** SCIM is enabled: nobody is invited, revoked or removed by REST any more. */
  hasScim: boolean;
  readonly users: Map<string, CalendlyUser>;
  readonly memberships: Map<string, CalendlyMembership>;
  readonly invitations: Map<string, CalendlyInvitation>;
  readonly groups: Map<string, { readonly id: string; readonly name: string }>;
  /** Owner: id of a membership or an invitation. */
  readonly relationships: Map<string, { readonly id: string; readonly group: string; readonly owner: string }>;
  readonly events: Map<string, CalendlyEvent>;
  readonly mails: CalendlyMail[];
  now(): string;
  newId(kind: "user" | "other"): string;
}

/** What a new member is like. */
export interface NewMember {
  readonly email: string;
  readonly name?: string;
  readonly timezone?: string;
  readonly role?: CalendlyMembership["role"];
}

/** An organisation with its owner, `owner@acme.example`, and nobody else. */
export function createCalendlyState(clock: TwinClock): CalendlyState {
  let ids = 0;
  const newId = (kind: "user" | "other"): string => {
    ids += 1;
    const count = String(ids).padStart(12, "0");
    return kind === "user" ? `USER${count}` : `0f0f0f0f-0000-4000-8000-${count}`;
  };
  const state: CalendlyState = {
    organization: "ORGACME000000001",
    tokenOwner: "",
    seats: null,
    isTrial: false,
    hasScim: false,
    users: new Map(),
    memberships: new Map(),
    invitations: new Map(),
    groups: new Map(),
    relationships: new Map(),
    events: new Map(),
    mails: [],
    now: () => clock.now(),
    newId,
  };
  state.tokenOwner = addMember(state, { email: "owner@acme.example", name: "Olga Owner", role: "owner" }).user;
  return state;
}

/** Puts somebody into the organisation who was never invited, such as by signing up with its single sign-on. */
export function addMember(state: CalendlyState, member: NewMember): CalendlyMembership {
  const user = addUser(state, member);
  const membership = { id: state.newId("other"), user: user.id, role: member.role ?? "user", createdAt: state.now() };
  state.memberships.set(membership.id, membership);
  return membership;
}

/** Sends an invitation, whatever the seats. */
export function addInvitation(state: CalendlyState, email: string): CalendlyInvitation {
  const createdAt = state.now();
  const sent = {
    id: state.newId("other"),
    email,
    status: "pending" as const,
    user: null,
    createdAt,
    updatedAt: createdAt,
  };
  const invitation: CalendlyInvitation = sent;
  state.invitations.set(invitation.id, invitation);
  return invitation;
}

/** Somebody accepts the newest invitation to this address, by it or by another address of theirs. */
export function accept(state: CalendlyState, email: string, as: Partial<NewMember> = {}): CalendlyMembership {
  const invitation = openInvitation(state, email);
  const membership = addMember(state, { email, ...as });
  invitation.status = "accepted";
  invitation.user = membership.user;
  invitation.updatedAt = state.now();
  for (const relationship of [...state.relationships.values()]) {
    if (relationship.owner !== invitation.id) continue;
    state.relationships.set(relationship.id, { ...relationship, owner: membership.id });
  }
  return membership;
}

/** Somebody declines the newest invitation to this address. */
export function decline(state: CalendlyState, email: string): CalendlyInvitation {
  const invitation = openInvitation(state, email);
  invitation.status = "declined";
  invitation.updatedAt = state.now();
  return invitation;
}

/** Takes somebody out of the organisation. Their own account and their meetings stay, and nobody else sees them. */
export function removeMember(state: CalendlyState, membership: string): void {
  state.memberships.delete(membership);
  dropRelationships(state, membership);
}

/** Ends what a membership or an invitation was in. */
export function dropRelationships(state: CalendlyState, owner: string): void {
  for (const one of [...state.relationships.values()]) if (one.owner === owner) state.relationships.delete(one.id);
}

/** Makes a group. */
export function addGroup(state: CalendlyState, name: string): string {
  const id = state.newId("other");
  state.groups.set(id, { id, name });
  return id;
}

/** Puts a membership or an invitation into a group. */
export function place(state: CalendlyState, owner: string, group: string): void {
  const id = state.newId("other");
  state.relationships.set(id, { id, group, owner });
}

/** A meeting that begins so many hours from now and takes half an hour, with one invitee who brings a guest along. */
export function addEvent(
  state: CalendlyState,
  hosts: readonly string[],
  hoursFromNow: number,
  parts: Partial<Pick<CalendlyEvent, "invitees" | "guests">> = {},
): CalendlyEvent {
  const start = Date.parse(state.now()) + hoursFromNow * 3_600_000;
  const at = (ms: number): string => new Date(start + ms).toISOString();
  const event: CalendlyEvent = {
    id: state.newId("other"),
    name: "Intro call",
    hosts,
    startsAt: at(0),
    endsAt: at(1_800_000),
    invitees: ["gus@guest.example"],
    guests: ["gia@guest.example"],
    cancellation: null,
    ...parts,
  };
  state.events.set(event.id, event);
  return event;
}

/** The membership of a user; undefined when they are not in the organisation. */
export function membershipOf(state: CalendlyState, user: string): CalendlyMembership | undefined {
  return [...state.memberships.values()].find((one) => one.user === user);
}

/** The user with this address. */
export function userByEmail(state: CalendlyState, email: string): CalendlyUser | undefined {
  return [...state.users.values()].find((one) => one.email === email.toLowerCase());
}

/** Somebody who comes back to Calendly has the account that they had. */
function addUser(state: CalendlyState, { email, name, timezone }: NewMember): CalendlyUser {
  const known = userByEmail(state, email);
  if (known !== undefined) return known;
  const user: CalendlyUser = {
    id: state.newId("user"),
    email: email.toLowerCase(),
    name: name ?? email.split("@")[0] ?? email,
    timezone: timezone ?? "Europe/London",
    createdAt: state.now(),
  };
  state.users.set(user.id, user);
  return user;
}

function openInvitation(state: CalendlyState, email: string): CalendlyInvitation {
  const open = [...state.invitations.values()].filter((one) => one.email === email && one.status === "pending");
  const newest = open.at(-1);
  if (newest === undefined) throw new Error(`Nobody was invited by ${email}.`);
  return newest;
}
