import { createCalcomConnector } from "../../src/connectors/calcom/connector.ts";
import type { ObservedAccount } from "../../src/domain/account.ts";
import { shownAccounts } from "../twins/calcom/harness.ts";
import { addBooking, addMember, addMembership, createCalcomState, userByEmail } from "../twins/calcom/state.ts";
import type { CalcomState } from "../twins/calcom/state.ts";
import { CALCOM_TOKEN, calcomSpec } from "../twins/calcom/twin.ts";
import { createTwin, type TwinCore } from "../twins/kit/twin.ts";
import { calcomHands } from "./calcom-hands.ts";
import type { Chance } from "./chance.ts";
import type { Account, Operation, Product, ProductKind, ProductParts } from "./product.ts";
import type { Scenario } from "./scenario.ts";
import { spoilNext, twinFaults, type SpoiltPages } from "./twin-faults.ts";
import type { World } from "./world.ts";

const BASE = "/v2";
const READS = ["GET /organizations/:id/users", "GET /organizations/:id/users/:id/bookings", "GET /bookings/:id"];
const LISTS = [
  "GET /organizations/:id/memberships",
  "GET /organizations/:id/teams",
  "GET /organizations/:id/teams/:id/memberships",
];
const WRITES: Readonly<Record<string, Operation["does"]>> = {
  "POST /organizations/:id/users": "create-account",
  "POST /organizations/:id/memberships": "create-account",
  "PATCH /organizations/:id/users/:id": "update-account",
  "DELETE /organizations/:id/memberships/:id": "deactivate-account",
  "POST /organizations/:id/teams": "create-group",
  "POST /organizations/:id/teams/:id/memberships": "add-to-group",
  "DELETE /organizations/:id/teams/:id/memberships/:id": "remove-from-group",
  "POST /bookings/:id/cancel": "cancel-booking",
  "POST /bookings/:id/reassign/:id": "reassign-booking",
};

/** Cal.com, by its API v2. */
export const CALCOM: ProductKind = {
  name: "calcom",
  hasMarks: true,
  invites: false,
  hidesPeople: true,
  countsSeats: false,
  losesBookings: true,
  routes: [...READS, ...LISTS, ...Object.keys(WRITES)],
  // Its lists have no total and no cursor: whether one came short, or a page twice, can hardly be told.
  faultsOf(route) {
    const kind = route in WRITES ? "write" : route === "GET /organizations/:id/memberships" ? "list" : "read";
    return twinFaults(kind).filter((fault) => fault !== "repeated-list");
  },
  make,
};

const SPOILT: SpoiltPages = {
  empty: (body) => ({ ...body, data: [] }),
  repeated: (body) => body,
};

function make({ clock, onWrite }: ProductParts): Product {
  const state = createCalcomState();
  const { rate: _, ...spec } = calcomSpec(state, { now: () => clock.now(), monotonicMs: () => 0 });
  const twin = createTwin({ ...spec, onWrite: (phase, call) => onWrite(phase, { ...call, status: null }) });
  const accounts = (): readonly Account[] => shownAccounts(state).map(toAccount);
  // Whose memberships are, those that have ended included: a request may be repeated.
  const holders = new Map<string, string>();
  return {
    kind: CALCOM,
    writes: new Set(["email", "groups"]),
    fit,
    connect: (baseUrl, time) => connect(`${baseUrl}${BASE}`, time),
    operationOf(method, url) {
      for (const { id, user } of state.memberships.values()) holders.set(String(id), String(user));
      return operationOf(holders, method, url);
    },
    // A page that is not full is taken for the last one: nobody else may choose its length.
    shorten: () => undefined,
    spoil: (spoil) => spoilNext(twin, spec, SPOILT, spoil),
    heal: () => twin.heal(),
    answer: (request, response) => void twin.handler(request, response),
    accounts,
    account: (id) => accounts().find((account) => account.id === id),
    groups: () => [...state.teams.values()].map(({ id, name }) => ({ id: String(id), name })),
    hostOf: (booking) => String(state.bookings.get(booking)?.host),
    upcoming: (host) =>
      [...state.bookings.values()]
        .filter((one) => String(one.host) === host && one.status === "accepted" && one.end > clock.now())
        .map(({ uid, end }) => ({ id: uid, endsAt: end })),
    pools: () => [{ id: "standard", total: state.isBlocked ? 0 : Infinity, used: accounts().length }],
    mails: () => mailNames(state, twin),
    violations: () => twin.violations(),
    written: () => twin.writes().flatMap(({ method, path, effect }) => (effect ? [`${method} ${path}`] : [])),
    hands: calcomHands(state),
    settle({ email, displayName, role, externalRef = null }) {
      if (userByEmail(state, email) !== undefined) return null;
      const metadata = externalRef === null ? {} : { rosterbridge: externalRef };
      const made = { email, name: displayName, metadata };
      return String(addMember(state, made, role === "admin" ? "ADMIN" : "MEMBER").id);
    },
    shut: () => undefined,
    addGroup: (name) => addTeam(state, name),
    book: (world, host, chance) => bookIn(state, world, host, chance),
    resize: (total) => void (state.isBlocked = total === 0),
    acceptInvitations: () => undefined,
  };
}

function connect(baseUrl: string, clock: Parameters<Product["connect"]>[1]) {
  const options = { connector: "calcom", organization: "42", token: CALCOM_TOKEN, seat: "standard" } as const;
  return createCalcomConnector({ ...options, baseUrl }, { clock });
}

function toAccount({ id, profile, status, role, seat, groups, marker }: ObservedAccount): Account {
  const { email, displayName = "" } = profile;
  return { id, email, displayName, status, role, seat, groupIds: groups, externalRef: marker ?? null };
}

/** What Cal.com cannot do is not asked of it. */
function fit(scenario: Scenario): Scenario {
  return { ...scenario, leavers: { ...scenario.leavers, action: "deactivate" } };
}

function operationOf(holders: ReadonlyMap<string, string>, method: string, url: URL): Operation {
  const path = url.pathname.slice(BASE.length);
  const route = `${method} ${path.replaceAll(/\/(?:\d+|2Ntaea\w+)(?=\/|$)/g, "/:id")}`;
  const does = WRITES[route] ?? (route === "GET /organizations/:id/memberships" ? "list" : "read");
  const ids = path.split("/").filter((part) => /\d/.test(part));
  const none = { route, does, account: null, group: null, booking: null };
  const last = ids.at(-1) ?? "";
  switch (does) {
    case "update-account":
      return { ...none, account: last };
    case "deactivate-account":
      return { ...none, account: holders.get(last) ?? null };
    case "add-to-group":
      return { ...none, group: ids[1] ?? "" };
    case "remove-from-group":
      return { ...none, group: ids[1] ?? "", account: holders.get(last) ?? null };
    case "cancel-booking":
    case "reassign-booking":
      return { ...none, booking: ids[0] ?? "" };
    default:
      return none;
  }
}

function addTeam(state: CalcomState, name: string): void {
  const id = state.nextId();
  state.teams.set(id, { id, name, slug: name.toLowerCase() });
  addMembership(state, { user: state.keyOwner, team: id, role: "OWNER", accepted: true });
}

function bookIn(state: CalcomState, world: World, host: string, chance: Chance): void {
  const start = new Date(Date.parse(world.clock.now()) + chance.between(1, 900) * 3_600_000).toISOString();
  const pool = chance.percent(70) ? "anybody" : null;
  addBooking(state, { host: Number(host), start, pool, attendees: [`g${chance.below(50)}@guest.example`] });
}

/** A guest is told once of a cancellation, and once of each host to whom the booking passes. */
function mailNames({ guestMails }: CalcomState, twin: Pick<TwinCore, "writes">): readonly string[] {
  const moves = new Set(
    twin.writes().flatMap(({ path, effect }) => (effect && path.includes("/reassign/") ? [path] : [])),
  );
  const told = new Map<string, number>();
  return guestMails.map(({ to, uid }) => {
    const name = `${uid} ${to}`;
    const allowed = 1 + [...moves].filter((path) => path.includes(uid)).length;
    const count = (told.get(name) ?? 0) + 1;
    told.set(name, count);
    return `${name} #${Math.min(count, allowed)}`;
  });
}
