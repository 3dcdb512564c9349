import { createSandboxConnector } from "../../src/connectors/sandbox/connector.ts";
import type { ChangeKind } from "../../src/domain/plan.ts";
import type { Mail } from "../../src/sandbox/records.ts";
import { ProductError } from "../../src/sandbox/product-error.ts";
import { createSandbox, type Sandbox } from "../../src/sandbox/sandbox.ts";
import { SANDBOX_TOKEN } from "../support/sandbox.ts";
import type { Chance } from "./chance.ts";
import type { Operation, Product, ProductKind, ProductParts, Settler } from "./product.ts";
import type { FaultKind, Route } from "./route.ts";
import { sandboxHands } from "./sandbox-hands.ts";
import type { World } from "./world.ts";

const READS: readonly Route[] = ["GET /members/:id", "GET /members?email", "GET /seats"];
const LISTS: readonly Route[] = ["GET /members", "GET /groups", "GET /bookings"];
const WRITES: Readonly<Record<Route, ChangeKind>> = {
  "POST /members": "create-account",
  "PATCH /members/:id": "update-account",
  "DELETE /members/:id": "delete-account",
  "POST /members/:id/deactivate": "deactivate-account",
  "POST /members/:id/reactivate": "reactivate-account",
  "PUT /members/:id/seat": "assign-seat",
  "DELETE /members/:id/seat": "release-seat",
  "POST /groups": "create-group",
  "PUT /groups/:id/members/:id": "add-to-group",
  "DELETE /groups/:id/members/:id": "remove-from-group",
  "POST /bookings/:id/cancel": "cancel-booking",
  "POST /bookings/:id/reassign": "reassign-booking",
};

const ANY: readonly FaultKind[] = [
  "latency",
  "rate-limited",
  "unauthorized",
  "error-before-effect",
  "lost-reply",
  "not-json",
];

/** The bundled sandbox as the product of a history. */
export const SANDBOX: ProductKind = {
  name: "sandbox",
  hasMarks: true,
  invites: false,
  hidesPeople: false,
  countsSeats: true,
  losesBookings: false,
  routes: [...READS, ...LISTS, ...Object.keys(WRITES)],
  faultsOf,
  make,
};

function make({ clock, seats, onWrite }: ProductParts): Product {
  let count = 0;
  const sandbox = createSandbox({
    token: SANDBOX_TOKEN,
    seats: { standard: seats },
    newId: () => String((count += 1)),
    clock: { now: () => clock.now(), sleep: (ms) => clock.pass(ms) },
    onWrite,
  });
  const { state } = sandbox;
  const accounts = () => state.members.rows().map(({ value }) => value);
  return {
    kind: SANDBOX,
    writes: new Set(["email", "displayName", "seat", "groups"]),
    fit: (scenario) => scenario,
    connect: (baseUrl, time) =>
      createSandboxConnector({ connector: "sandbox", baseUrl, token: SANDBOX_TOKEN }, { clock: time }),
    operationOf,
    shorten(url, pageSize) {
      if (url.searchParams.has("limit")) url.searchParams.set("limit", String(pageSize));
    },
    // A request takes the oldest fault that matches.
    spoil: ({ kind, method, url: { pathname: path } }) =>
      void sandbox.faults.add({ kind, match: { method, path }, retryAfterSeconds: 2 }),
    heal: () => sandbox.faults.clear(),
    answer: (request, response) => void sandbox.handler(request, response),
    accounts,
    account: (id) => (state.members.has(id) ? state.members.get(id) : undefined),
    groups: () => state.groups.rows().map(({ value }) => value),
    hostOf: (booking) => state.bookings.get(booking).hostId,
    upcoming: (hostId) => state.bookings.rows({ hostId, status: "upcoming" }).map(({ value }) => value),
    pools: () => state.seats.pools(),
    mails: () => mailNames(state.outbox.rows().map(({ value }) => value)),
    violations: () => [],
    written: () =>
      sandbox.ledger
        .rows()
        // An account that is refused is asked for again now and then; nothing else is asked for in vain.
        .filter(({ value }) => value.effect || !(value.method === "POST" && value.path === "/v1/members"))
        .map(({ value }) => `${value.method} ${value.path}`),
    hands: sandboxHands(sandbox),
    settle: (settler) => settleIn(sandbox, settler),
    shut: (id) => void state.members.deactivate(id),
    addGroup: (name) => void state.groups.create(name),
    book: (world, host, chance) => bookIn(sandbox, world, host, chance),
    resize: (total) => state.seats.resize("standard", total),
    acceptInvitations: () => undefined,
  };
}

/** The faults that can happen on a route. A short answer to a question about one address is none of them: nothing tells it. */
function faultsOf(route: Route): readonly FaultKind[] {
  if (LISTS.includes(route)) return [...ANY, "short-list", "empty-list", "repeated-list"];
  return route in WRITES ? [...ANY, "error-after-effect"] : ANY;
}

function operationOf(method: string, url: URL): Operation {
  const path = url.pathname.replace(/^\/v1/, "");
  const ids = [...path.matchAll(/\/((mem|grp|bkg)_[\w-]+)/g)];
  const idOf = (kind: string): string | null => ids.find(([, , found]) => found === kind)?.[1] ?? null;
  const bare = path.replaceAll(/\/(?:mem|grp|bkg)_[\w-]+/g, "/:id");
  const route = `${method} ${bare}${url.searchParams.has("email") ? "?email" : ""}`;
  const does = WRITES[route] ?? (route === "GET /members" ? "list" : "read");
  return { route, does, account: idOf("mem"), group: idOf("grp"), booking: idOf("bkg") };
}

/**
 * A cancellation is told once. A booking may pass from host to host, of whom two may have the same name, and the sandbox
 * refuses to hand it to whom it belongs already: each of these messages is one of its own.
 */
function mailNames(mails: readonly Mail[]): readonly string[] {
  return mails.map(({ id, kind, bookingId, to }) =>
    kind === "booking-reassigned" ? `${kind} ${id}` : `${kind} ${bookingId} ${to}`,
  );
}

function settleIn({ state }: Sandbox, { role = "member", externalRef = null, ...names }: Settler): string | null {
  try {
    return state.members.create({ ...names, givenName: null, familyName: null, timezone: null, role, externalRef }).id;
  } catch (error) {
    if (error instanceof ProductError) return null;
    throw error;
  }
}

/** A meeting with one or two guests, between an hour and some weeks ahead, now and then one of a series. */
function bookIn({ state }: Sandbox, world: World, hostId: string, chance: Chance): void {
  const at = Date.parse(world.clock.now()) + chance.between(1, 900) * 3_600_000;
  const guests = [0, 1].slice(0, chance.between(1, 2)).map((index) => `g${chance.below(50)}-${index}@guest.example`);
  state.bookings.create({
    hostId,
    title: "Intro",
    startsAt: new Date(at).toISOString(),
    endsAt: new Date(at + 1_800_000).toISOString(),
    guests: guests.map((email) => ({ name: "Canary Guest", email })),
    seriesId: chance.percent(20) ? "ser_1" : null,
  });
}
