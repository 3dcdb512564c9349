import { createCalendlyConnector } from "../../src/connectors/calendly/kind.ts";
import { calendlyOptionsSchema } from "../../src/connectors/calendly/options.ts";
import type { ObservedAccount } from "../../src/domain/account.ts";
import { connectorDeps, shownAccounts } from "../connectors/calendly/harness.ts";
import {
  accept,
  addEvent,
  addGroup,
  addMember,
  createCalendlyState,
  decline,
  removeMember,
  userByEmail,
  type CalendlyState,
} from "../twins/calendly/state.ts";
import { CALENDLY_TOKEN, calendlySpec } from "../twins/calendly/twin.ts";
import { createTwin, type TwinCore } from "../twins/kit/twin.ts";
import { createManualClock } from "../support/manual-clock.ts";
import type { Chance } from "./chance.ts";
import type { Account, Hands, Operation, Product, ProductKind, ProductParts } from "./product.ts";
import type { FaultKind, Route } from "./route.ts";
import type { Scenario } from "./scenario.ts";
import { spoilNext, twinFaults, type Body, type SpoiltPages } from "./twin-faults.ts";
import { noteEdit } from "./world.ts";

const READS = ["GET /users/me", "GET /organization_memberships?one", "GET /organizations/:id/invitations/:id"];
const LISTS = [
  "GET /organization_memberships",
  "GET /organizations/:id/invitations",
  "GET /groups",
  "GET /group_relationships",
  "GET /scheduled_events",
];
const WRITES: Readonly<Record<string, Operation["does"]>> = {
  "POST /organizations/:id/invitations": "create-account",
  "DELETE /organizations/:id/invitations/:id": "deactivate-account",
  "DELETE /organization_memberships/:id": "deactivate-account",
  "POST /scheduled_events/:id/cancellation": "cancel-booking",
};

/** Calendly, people by invitations. */
export const CALENDLY: ProductKind = {
  name: "calendly",
  hasMarks: false,
  invites: true,
  hidesPeople: false,
  countsSeats: false,
  losesBookings: true,
  routes: [...READS, ...LISTS, ...Object.keys(WRITES)],
  faultsOf,
  make,
};

function faultsOf(route: Route): readonly FaultKind[] {
  if (route in WRITES) return twinFaults("write");
  const faults = twinFaults(LISTS.includes(route) ? "list" : "read");
  // That somebody has no meetings at all cannot be told from a list that comes empty.
  return route === "GET /scheduled_events" ? faults.filter((kind) => kind !== "empty-list") : faults;
}

const SPOILT: SpoiltPages = {
  empty: (body) => ({
    ...body,
    collection: [],
    pagination: { ...pageOf(body), next_page: null, next_page_token: null },
  }),
  repeated(body, query) {
    const token = query.get("page_token");
    const { collection } = body as { readonly collection: readonly unknown[] };
    return token === null
      ? { ...body, collection: [...collection, ...collection] }
      : { ...body, pagination: { ...pageOf(body), next_page_token: token } };
  },
};

function pageOf({ pagination }: Body): Body {
  return pagination as Body;
}

function make({ clock, seats, onWrite }: ProductParts): Product {
  const state = createCalendlyState({ now: () => clock.now(), monotonicMs: () => Date.parse(clock.now()) });
  state.seats = seats;
  const { rate: _, ...spec } = calendlySpec(state, { now: () => clock.now(), monotonicMs: () => 0 });
  const twin = createTwin({ ...spec, onWrite: (phase, call) => onWrite(phase, { ...call, status: null }) });
  const accounts = (): readonly Account[] => shownAccounts(state).map(toAccount);
  const upcoming = (host: string) =>
    [...state.events.values()].filter(
      ({ hosts, cancellation, startsAt }) =>
        cancellation === null && startsAt > state.now() && hosts.some((user) => accountOf(state, user) === host),
    );
  return {
    kind: CALENDLY,
    writes: new Set(),
    fit,
    connect: (baseUrl, time) =>
      createCalendlyConnector(
        calendlyOptionsSchema.parse({ connector: "calendly", profile: "invite", token: CALENDLY_TOKEN, baseUrl }),
        { ...connectorDeps(createManualClock()), clock: time },
      ),
    operationOf: (method, url) => operationOf(state, method, url),
    shorten(url, pageSize) {
      if (url.searchParams.has("count")) url.searchParams.set("count", String(pageSize));
    },
    spoil: (spoil) => spoilNext(twin, spec, SPOILT, spoil),
    heal: () => twin.heal(),
    answer: (request, response) => void twin.handler(request, response),
    accounts,
    account: (id) => accounts().find((account) => account.id === id),
    groups: () => [...state.groups.values()],
    hostOf: (booking) => accountOf(state, state.events.get(booking)?.hosts[0] ?? ""),
    upcoming,
    pools: () => [{ id: "standard", total: state.seats ?? Infinity, used: accounts().length }],
    mails: () => state.mails.map(({ event, to }) => `cancelled ${event} ${to}`),
    violations: () => twin.violations(),
    written: () => changesOf(twin),
    hands: handsOf(state),
    settle({ email, displayName, role }) {
      if (userByEmail(state, email) !== undefined) return null;
      return addMember(state, { email, name: displayName, role: role === "admin" ? "admin" : "user" }).user;
    },
    shut: () => undefined,
    addGroup: (name) => void addGroup(state, name),
    book: (_world, host, chance) => bookIn(state, host, chance),
    resize: (total) => void (state.seats = total),
    acceptInvitations() {
      for (const { status, email } of [...state.invitations.values()]) if (status === "pending") accept(state, email);
    },
  };
}

function changesOf(twin: Pick<TwinCore, "writes">): readonly string[] {
  return twin.writes().flatMap(({ method, path, effect }) => (effect ? [`${method} ${path}`] : []));
}

function toAccount({ id, profile, status, role, seat, groups }: ObservedAccount): Account {
  const { email, displayName = "" } = profile;
  return { id, email, displayName, status, role, seat, groupIds: groups, externalRef: null };
}

/** The account of a user, who may have left the organisation. */
function accountOf({ invitations }: CalendlyState, user: string): string {
  return [...invitations.values()].findLast((invitation) => invitation.user === user)?.id ?? user;
}

/** What Calendly cannot do by invitations is not asked of it. */
function fit(scenario: Scenario): Scenario {
  const { bookings } = scenario.leavers;
  const action = bookings.action === "reassign" ? "cancel" : bookings.action;
  // The vendor's own clock is not ours to set: it says which invitation came last.
  const time = scenario.time === "jumps" ? "steady" : scenario.time;
  return { ...scenario, time, leavers: { action: "deactivate", bookings: { ...bookings, action } } };
}

function operationOf(state: CalendlyState, method: string, url: URL): Operation {
  const { pathname: path, searchParams: query } = url;
  const isOne = path === "/organization_memberships" && (query.has("email") || query.has("user"));
  const bare = path.replaceAll(/\/(?!me$)(?=[\w-]*\d)[\w-]{8,}/g, "/:id");
  const route = `${method} ${bare}${isOne ? "?one" : ""}`;
  const id = path.split("/").at(-1) ?? "";
  const does = WRITES[route] ?? (route === "GET /organization_memberships" ? "list" : "read");
  const none = { account: null, group: null, booking: null };
  if (does === "cancel-booking") return { ...none, route, does, booking: path.split("/")[2] ?? "" };
  if (does !== "deactivate-account") return { ...none, route, does };
  const membership = state.memberships.get(id);
  return { ...none, route, does, account: membership === undefined ? id : accountOf(state, membership.user) };
}

function handsOf(state: CalendlyState): Hands {
  const membershipOf = (account: Account) =>
    [...state.memberships.values()].find(({ user }) => accountOf(state, user) === account.id);
  return {
    book(world, account, chance) {
      if (account.status !== "active") return null;
      world.product.book(world, account.id, chance);
      return "a booking";
    },
    /** An invitation is accepted. */
    status(_world, { email, status }) {
      if (status !== "pending") return null;
      accept(state, email);
      return "the invitation is accepted";
    },
    role(world, account) {
      const membership = membershipOf(account);
      if (membership === undefined) return null;
      membership.role = "admin";
      noteEdit(world.edits, account.id, "role");
      return "role admin";
    },
    delete(world, account) {
      noteEdit(world.edits, account.id, "deleted");
      const membership = membershipOf(account);
      if (membership === undefined) decline(state, account.email);
      else removeMember(state, membership.id);
      return membership === undefined ? "refusal of the invitation" : "removal";
    },
  };
}

function bookIn(state: CalendlyState, host: string, chance: Chance): void {
  const user = [...state.memberships.values()].find((one) => accountOf(state, one.user) === host)?.user;
  if (user === undefined) return;
  const invitees = [`g${chance.below(50)}@guest.example`];
  addEvent(state, [user], chance.between(1, 900), { invitees, guests: [] });
}
