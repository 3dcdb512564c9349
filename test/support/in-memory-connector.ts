import type {
  AccountId,
  AccountProfile,
  Booking,
  DesiredAccount,
  ObservedAccount,
  Seat,
} from "../../src/domain/account.ts";
import { markOf } from "../../src/domain/marker.ts";
import { ConnectorError } from "../../src/domain/errors.ts";
import { CHANGE_KINDS } from "../../src/domain/plan.ts";
import type { BookingHandling, SeatHandling } from "../../src/domain/handling.ts";
import type { BookingOrder, Change, ChangeKind } from "../../src/domain/plan.ts";
import { PROFILE_FIELDS } from "../../src/planning/diff.ts";
import { observePages } from "../../src/connectors/observation.ts";
import type { Applied, ApplyContext, Capabilities, Connector, Finding } from "../../src/ports/connector.ts";
import { InMemoryState } from "./in-memory-product.ts";

/** How the in-memory product is set up. */
export interface InMemoryOptions {
  /** Seats per pool; `{standard: 50}` unless told. */
  readonly seats?: Readonly<Record<string, number>>;
  readonly pageSize?: number;
  readonly bookingOrder?: BookingOrder;
  readonly seatCounts?: boolean;
  /** Whether an e-mail may be changed unnoticed; true unless told. */
  readonly parking?: boolean;
  /** Changes that the product cannot carry out. */
  readonly without?: readonly ChangeKind[];
  /** `assigned` unless told; where they are implied, each account that is not deactivated has one of the pool `standard`. */
  readonly seatHandling?: SeatHandling;
  /** `bridge` unless told. */
  readonly bookings?: BookingHandling;
  /** Fields that can be changed; all unless told. Writing another one is refused. */
  readonly updates?: readonly (keyof AccountProfile)[];
  /**
   * Whether accounts are `pending`, and cannot be changed, until `accept`; false unless told. `those-who-return`: only
   * whoever had an account here before.
   */
  readonly invites?: boolean | "those-who-return";
  /** Whether an account that is pending can be put into groups; true unless told. */
  readonly pendingGroups?: boolean;
  /** `shown` unless told; `same-id` is gone, and comes back under the id it had. */
  readonly deactivated?: "shown" | "gone" | "same-id";
  /** Whether our mark is kept; true unless told. */
  readonly marker?: boolean;
}

/** One apply that reached the product, in the order in which they ended. */
export interface InMemoryWrite {
  readonly change: Change;
  readonly effect: Applied["effect"] | "failed";
}

/** Called around every apply. What it throws stands for a failure: `before` without an effect, `after` with it (a lost reply). */
export type ApplyHook = (moment: "before" | "after", change: Change) => void | Promise<void>;

/** A complete scheduling product in memory, and the connector to it. */
export interface InMemoryProduct {
  readonly connector: Connector;
  readonly state: InMemoryState;
  readonly writes: readonly InMemoryWrite[];
  /** Replaces the hook; null takes it away. */
  hook(hook: ApplyHook | null): void;
  /** The person accepts the invitation, under this name. */
  accept(email: string, displayName?: string): void;
  /** Every read (observe, pages, find, bookings) fails with this; null: no more. */
  failReads(error: ConnectorError | null): void;
  /** The page with this index (from 0) fails; null: none. */
  failPage(index: number | null): void;
  /** Accounts left out of listings although they exist, as a lying product would; the total is as short as the list. */
  hide(isHidden: ((account: ObservedAccount) => boolean) | null): void;
}

/** A product that holds nothing but an owner, `owner@acme.example`. */
export function createInMemoryConnector(options: InMemoryOptions = {}): InMemoryProduct {
  const state = new InMemoryState(options.seats ?? { standard: 50 });
  const capabilities = capabilitiesOf(options);
  const isImplied = capabilities.seats === "implied";
  const owner = { email: "owner@acme.example", displayName: "Owner" };
  state.addAccount({ role: "owner", profile: owner, ...(isImplied ? { seat: STANDARD } : {}) });
  const abilities: Abilities = {
    ...capabilities,
    reusesIds: options.deactivated === "same-id",
    asksAgain: options.invites === "those-who-return",
    former: new Map(),
  };
  const pageSize = options.pageSize ?? 100;
  const writes: InMemoryWrite[] = [];
  let hook: ApplyHook | null = null;
  let readError: ConnectorError | null = null;
  let failingPage: number | null = null;
  let isHidden: (account: ObservedAccount) => boolean = () => false;

  const read = (signal: AbortSignal): void => {
    if (signal.aborted) throw new ConnectorError("unavailable", "stopped");
    if (readError !== null) throw readError;
  };

  const connector: Connector = {
    name: "in-memory",
    capabilities,
    normalize: (desired) => ({
      ...desired,
      profile: canonical(desired.profile),
      ...(isImplied && desired.status === "active" ? { seat: STANDARD } : {}),
      ...(capabilities.seats === "none" ? { seat: null } : {}),
    }),
    observe(signal) {
      return attempt(() => {
        read(signal);
        const walk = observePages(async (page: number | null) => {
          read(signal);
          const index = page ?? 0;
          if (index === failingPage) throw new ConnectorError("unavailable", "this page fails");
          const shown = [...state.accounts.values()].filter((account) => !isHidden(account));
          const end = (index + 1) * pageSize;
          const accounts = shown.slice(index * pageSize, end);
          return { accounts, next: end < shown.length ? index + 1 : null, total: shown.length };
        }, signal);
        const seats = capabilities.seatCounts ? state.pools() : null;
        return { tenant: state.tenant, groups: [...state.groups.values()], seats, ...walk };
      });
    },
    find: (who, signal) =>
      attempt(() => {
        read(signal);
        const found = [
          who.account === undefined ? undefined : state.accounts.get(who.account),
          state.byEmail(who.email),
        ];
        return [...new Set(found.filter((account) => account !== undefined))];
      }),
    async *bookings(account, from, signal): AsyncGenerator<Booking> {
      await Promise.resolve();
      read(signal);
      if (capabilities.bookings !== "bridge") return;
      for (const booking of [...state.bookings.values()]) {
        if (booking.account !== account || booking.cancelled || booking.endsAt <= from) continue;
        const { cancelled: _, ...shown } = booking;
        yield shown;
      }
    },
    async apply(change, context) {
      if (context.signal.aborted) throw new ConnectorError("unavailable", "stopped");
      if (isImplied && (change.kind === "assign-seat" || change.kind === "release-seat"))
        return { effect: "already-so" };
      let effect: InMemoryWrite["effect"] = "failed";
      try {
        await hook?.("before", change);
        const applied = carryOut(state, change, context, abilities);
        effect = applied.effect;
        await hook?.("after", change);
        return applied;
      } finally {
        // An adoption concerns our links alone: no product would see it.
        if (change.kind !== "adopt-account") writes.push({ change, effect });
      }
    },
    async *diagnose(signal): AsyncGenerator<Finding> {
      await Promise.resolve();
      const subject = "credentials";
      if (readError === null || signal.aborted) {
        read(signal);
        yield { subject, verdict: "good", detail: "There is nothing to sign in to." };
      } else {
        yield { subject, verdict: "bad", detail: "The product fails.", remedy: "Mend what the test broke." };
      }
    },
    close: () => Promise.resolve(),
  };
  return {
    connector,
    state,
    writes,
    hook: (next) => void (hook = next),
    accept(email, displayName) {
      const account = state.byEmail(email);
      if (account === undefined) throw new Error(`Nobody has the e-mail ${email}.`);
      const profile = { ...account.profile, ...(displayName === undefined ? {} : { displayName }) };
      state.change(account.id, { status: "active", profile });
    },
    failReads: (error) => void (readError = error),
    failPage: (index) => void (failingPage = index),
    hide: (next) => void (isHidden = next ?? (() => false)),
  };
}

const STANDARD = "standard" as Seat;

function capabilitiesOf(options: InMemoryOptions): Capabilities {
  const { seatHandling = "assigned", bookings = "bridge", deactivated = "shown" } = options;
  const unable: readonly ChangeKind[] = [
    ...(options.without ?? []),
    ...(bookings === "bridge" ? [] : (["cancel-booking", "reassign-booking"] as const)),
    ...(seatHandling === "none" ? (["assign-seat", "release-seat"] as const) : []),
  ];
  return {
    changes: new Set(CHANGE_KINDS.filter((kind) => !unable.includes(kind))),
    seats: seatHandling,
    bookings,
    updates: new Set(options.updates ?? PROFILE_FIELDS),
    invites: options.invites === true,
    pendingGroups: options.pendingGroups ?? true,
    deactivated: deactivated === "shown" ? "shown" : "gone",
    bookingOrder: options.bookingOrder ?? (deactivated === "shown" ? "deactivate-first" : "bookings-first"),
    marker: options.marker ?? true,
    seatCounts: options.seatCounts ?? true,
    parking: options.parking ?? true,
    maxConcurrency: 4,
  };
}

/** What the product is able to do, and the ids of accounts that are gone, by e-mail. */
interface Abilities extends Capabilities {
  readonly reusesIds: boolean;
  readonly asksAgain: boolean;
  readonly former: Map<string, AccountId>;
}

function carryOut(state: InMemoryState, change: Change, context: ApplyContext, abilities: Abilities): Applied {
  switch (change.kind) {
    case "create-account":
      return create(state, change.desired, context, abilities);
    case "adopt-account":
      state.account(change.account);
      return { effect: "already-so", account: change.account };
    case "reactivate-account":
      return set(state.account(change.account).status !== "active", () =>
        state.change(change.account, { status: "active", ...impliedSeat(state, abilities) }),
      );
    case "deactivate-account":
      return deactivate(state, change, context, abilities);
    case "update-account":
      return update(state, change, abilities);
    case "delete-account":
      return set(state.accounts.has(change.account), () => state.removeAccount(change.account));
    case "create-group": {
      const group = [...state.groups.values()].find(({ name }) => name === change.name)?.id;
      return group === undefined
        ? { effect: "changed", group: state.addGroup(change.name) }
        : { effect: "already-so", group };
    }
    case "assign-seat":
    case "release-seat":
      return seat(state, change, context);
    case "add-to-group":
    case "remove-from-group":
      return membership(state, change, context, abilities);
    case "cancel-booking":
    case "reassign-booking":
      return booking(state, change, context);
    default:
      return change satisfies never;
  }
}

type Of<K extends ChangeKind> = Extract<Change, { readonly kind: K }>;

function create(
  state: InMemoryState,
  desired: DesiredAccount,
  { mayHaveHappened }: ApplyContext,
  abilities: Abilities,
): Applied {
  const found = state.byEmail(desired.profile.email);
  const isOurs = abilities.marker ? found?.marker === markOf(desired) : mayHaveHappened;
  if (found !== undefined && isOurs) return { effect: "already-so", account: found.id };
  if (found !== undefined) throw new ConnectorError("conflict", "an account with this e-mail is not ours");
  const former = abilities.former.get(desired.profile.email);
  const isAsked = abilities.asksAgain && former !== undefined;
  const account = state.addAccount({
    ...(abilities.marker ? { marker: markOf(desired) } : {}),
    ...(abilities.reusesIds && former !== undefined ? { id: former } : {}),
    ...(abilities.invites || isAsked ? { status: "pending" } : {}),
    ...impliedSeat(state, abilities),
    profile: desired.profile,
  });
  return { effect: "changed", account, ...(isAsked ? { pending: true } : {}) };
}

/** The seat that comes with an account; refused when there is none. */
function impliedSeat(state: InMemoryState, { seats }: Abilities): { readonly seat?: Seat } {
  if (seats !== "implied") return {};
  const pool = state.pools().get(STANDARD);
  if (pool === undefined || pool.used >= pool.total) throw new ConnectorError("no-seat", "no seat is left");
  return { seat: STANDARD };
}

function deactivate(
  state: InMemoryState,
  { account: id }: Of<"deactivate-account">,
  { guestReason }: ApplyContext,
  abilities: Abilities,
): Applied {
  const account = state.accounts.get(id);
  if (abilities.deactivated === "gone" && account === undefined) return { effect: "already-so" };
  const { status, profile } = state.account(id);
  if (status === "deactivated") return { effect: "already-so" };
  if (abilities.bookings === "product") {
    for (const booking of [...state.bookings.values()].filter((one) => one.account === id && !one.cancelled)) {
      state.bookings.set(booking.id, { ...booking, cancelled: true });
      state.tell(booking, "cancelled", guestReason);
    }
  }
  if (abilities.deactivated === "gone") {
    state.accounts.delete(id);
    abilities.former.set(profile.email, id);
  } else state.change(id, { status: "deactivated", ...(abilities.seats === "implied" ? { seat: null } : {}) });
  return { effect: "changed" };
}

function update(state: InMemoryState, change: Of<"update-account">, { updates }: Abilities): Applied {
  const { account: id, before, after } = change;
  const account = state.account(id);
  if (account.status === "pending") throw new ConnectorError("rejected", "the invitation is not accepted");
  const fields = Object.entries(after).filter(([field, value]) => before[field as keyof AccountProfile] !== value);
  if (fields.some(([field]) => !updates.has(field as keyof AccountProfile)))
    throw new ConnectorError("rejected", "this field cannot be changed");
  const profile = { ...account.profile, ...Object.fromEntries(fields) };
  const holder = state.byEmail(profile.email);
  if (holder !== undefined && holder.id !== id) throw new ConnectorError("conflict", "e-mail taken");
  const differs = fields.some(([field, value]) => account.profile[field as keyof AccountProfile] !== value);
  return set(differs, () => state.change(id, { profile }));
}

function seat(state: InMemoryState, change: Of<"assign-seat" | "release-seat">, context: ApplyContext): Applied {
  const account = state.account(context.account(change.account));
  if (change.kind === "release-seat") return set(account.seat !== null, () => state.change(account.id, { seat: null }));
  if (account.seat === change.seat) return { effect: "already-so" };
  const pool = state.pools().get(change.seat);
  if (pool === undefined) throw new ConnectorError("rejected", "no such seat pool");
  if (pool.used >= pool.total) throw new ConnectorError("no-seat", "no seat is left");
  return set(true, () => state.change(account.id, { seat: change.seat }));
}

function membership(
  state: InMemoryState,
  change: Of<"add-to-group" | "remove-from-group">,
  context: ApplyContext,
  { pendingGroups }: Abilities,
): Applied {
  const account = state.account(context.account(change.account));
  if (account.status === "pending" && !pendingGroups)
    throw new ConnectorError("rejected", "the invitation is not accepted");
  const group = context.group(change.group);
  if (!state.groups.has(group)) throw new ConnectorError("missing", "no such group");
  const others = account.groups.filter((id) => id !== group);
  const groups = change.kind === "add-to-group" ? [...others, group] : others;
  return set(groups.length !== account.groups.length, () => state.change(account.id, { groups }));
}

function booking(
  state: InMemoryState,
  change: Of<"cancel-booking" | "reassign-booking">,
  context: ApplyContext,
): Applied {
  const before = state.bookings.get(change.booking);
  if (before === undefined || before.cancelled) return { effect: "already-so" };
  if (change.kind === "cancel-booking") {
    return set(true, () => {
      state.bookings.set(before.id, { ...before, cancelled: true });
      state.tell(before, "cancelled", context.guestReason);
    });
  }
  if (state.account(change.to).status !== "active") throw new ConnectorError("conflict", "the new host is deactivated");
  return set(before.account !== change.to, () => {
    state.bookings.set(before.id, { ...before, account: change.to });
    state.tell(before, "reassigned", "");
  });
}

function set(differs: boolean, act: () => void): Applied {
  if (!differs) return { effect: "already-so" };
  act();
  return { effect: "changed" };
}

/** The in-memory product keeps addresses in lower case, as most products do, and takes everything else as it is. */
function canonical(profile: AccountProfile): AccountProfile {
  return { ...profile, email: profile.email.trim().toLowerCase() };
}

/** Runs now what may throw, so that its error is a rejection. */
async function attempt<T>(work: () => T): Promise<T> {
  await Promise.resolve();
  return work();
}
