import type { ChangeKind } from "../../src/domain/plan.ts";
import type { WriteHook } from "../../src/sandbox/layers.ts";
import type { JournalEntry } from "../../src/ports/journal.ts";
import { spentBy, type BudgetOracle } from "./budget-oracle.ts";
import { wantedFor } from "./directory-model.ts";
import { findIntent, type FoundIntent } from "./intents.ts";
import type { Account } from "./product.ts";
import type { Request } from "./wire.ts";
import type { World } from "./world.ts";

/** Kinds of runs; a dry one writes nothing. */
export type Lane = "full" | "urgent" | "dry";

/** What the oracle knows of the run that is under way. */
export interface RunInSight {
  readonly process: string;
  readonly lane: Lane;
  /** Statements of the directory per user when it began. */
  readonly statements: ReadonlyMap<string, number>;
  /** Accounts that somebody edited by hand since it began. */
  readonly editedSince: Set<string>;
  /** Accounts with which somebody has made or ended an appointment since then. */
  readonly bookedSince: Set<string>;
  /** Set when its listing was spoiled by a fault. */
  isSpoiled: boolean;
  /** Whether some listing of the product was seen whole before. */
  readonly knowsProduct: boolean;
  /** Accounts that it changed the e-mail of, and accounts that it linked, are held against each other at its end. */
  readonly renamed: Set<string>;
}

/** Looks at every write to the product: before it takes effect, and at what it did. */
export interface WriteOracle {
  arrived(
    request: Request,
    epochs: { readonly own: number; readonly newest: number },
    run: RunInSight | undefined,
  ): Promise<void>;
  readonly hook: WriteHook;
  /** Accounts that a bridge made here, with the user for whom. */
  readonly made: ReadonlyMap<string, string>;
  /** Who has which account by now: links may pass from one directory to another. */
  noteLinks(links: ReadonlyMap<string, { readonly account: string }>): void;
  /** Writes that took effect. */
  effects(): number;
  /** For whom the newest write was made; null before the first. */
  lastUser(): string | null;
}

interface Pending {
  /** Whether the directory wanted the person active when the change was begun; null: it knows nobody. */
  readonly wasWanted: boolean | null;
  /** What the directory said the e-mail was when the request came: what it says later is for the next one. */
  readonly saidEmail: string | null;
  readonly request: Request;
  readonly found: FoundIntent;
  readonly run: RunInSight | undefined;
  members: ReadonlyMap<string, Account>;
}

/** Nothing written yet. */
export function createWriteOracle(world: World, budget: BudgetOracle): WriteOracle {
  const { product, broken } = world;
  const made = new Map<string, string>();
  const pending: Pending[] = [];
  const begun = new Map<string, boolean | null>();
  let effects = 0;
  let lastUser: string | null = null;

  /** What the IdP says while a change is on its way comes too late for it, however often it has to be sent. */
  const wantedAtStart = ({ id, user }: JournalEntry): boolean | null => {
    const staged = user === null ? undefined : world.directory.users.get(user);
    const wanted =
      staged === undefined || staged.isUnsure ? null : wantedFor(staged, world.directory, world.scenario).isActive;
    const known = begun.get(id) ?? wanted;
    begun.set(id, known);
    return known;
  };

  return {
    made,
    noteLinks(links) {
      for (const [user, { account }] of links) if (made.has(account)) made.set(account, user);
    },
    effects: () => effects,
    lastUser: () => lastUser,
    async arrived(request, { own, newest }, run) {
      if (own < newest) broken("I10", `${request.route} came from epoch ${own} while ${newest} is the newest`);
      const found = await findIntent(world, request);
      if (found === undefined) return broken("I8", `${request.route} came without an intent on disk`);
      if (run === undefined) broken("run", `${request.route} came from ${request.process}, which is not running`);
      if (run?.lane === "dry") broken("dry run", `${request.route} came from a dry run`);
      lastUser = found.entry.user;
      const saidEmail = world.directory.users.get(found.entry.user ?? "")?.said.email.toLowerCase() ?? null;
      pending.push({ request, found, run, members: new Map(), wasWanted: wantedAtStart(found.entry), saidEmail });
    },
    hook(phase, { method, path }) {
      const index = pending.findLastIndex(({ request }) => request.method === method && request.path === path);
      const write = pending[index];
      if (write === undefined) return;
      if (phase === "before-effect") {
        write.members = new Map(product.accounts().map((account) => [account.id, account]));
        return;
      }
      if (phase !== "after-effect") return;
      pending.splice(index, 1);
      effects += 1;
      judge(world, write, made);
      const { user, change } = write.found.entry;
      if (user === null || change.kind === "create-group") return;
      const spent = spentBy(user, change);
      if (spent !== null) budget.spend({ ...spent, user }, write.run?.lane === "full");
    },
  };
}

const TAKES_AWAY = new Set<ChangeKind | "list" | "read">([
  "deactivate-account",
  "delete-account",
  "release-seat",
  "remove-from-group",
  "cancel-booking",
  "reassign-booking",
]);
const OF_LEAVERS = new Set<ChangeKind | "list" | "read">([
  "deactivate-account",
  "delete-account",
  "cancel-booking",
  "reassign-booking",
]);
const OF_ACTIVE = new Set<ChangeKind | "list" | "read">(["create-account", "reactivate-account", "assign-seat"]);

function judge(world: World, write: Pending, made: Map<string, string>): void {
  const { request, found, run, members } = write;
  const { user } = found.entry;
  const { does, route } = request;
  if (does === "create-group") return;
  const staged = user === null ? undefined : world.directory.users.get(user);
  if (user === null) return world.broken("I3", `${route} was made for nobody`);
  const account = does === "create-account" ? newest(world, members) : accountOf(world, request, members, found);
  if (account === undefined) return world.broken("I3", `${route} changed no account that the oracle can name`);
  if (does === "create-account") {
    expectOnlyOne(world, made, user, account);
    made.set(account.id, user);
  } else expectOurs(world, write, made, account);
  // Staged, but never acknowledged: the IdP asks again, and learns of it then.
  if (staged === undefined) return;
  expectWanted(world, write, account);
  expectUnprotected(world, write, account);
  if (run?.isSpoiled === true && (does === "create-account" || TAKES_AWAY.has(does)))
    world.broken("listing", `${route} came from a run whose listing was not complete`);
  if (does === "update-account") expectModest(world, write, account);
  if (does === "deactivate-account") expectNothingLost(world, write, account);
}

function newest({ product }: World, before: ReadonlyMap<string, Account>): Account | undefined {
  return product.accounts().find(({ id }) => !before.has(id));
}

/** The account as it was before the write. */
function accountOf(
  { product }: World,
  { account, booking, does }: Request,
  before: ReadonlyMap<string, Account>,
  { entry, linked }: FoundIntent,
): Account | undefined {
  if (booking === null) return before.get(account ?? linked ?? "");
  // A booking that was handed over has another host by now: the intent says whose it was.
  if (does === "reassign-booking" && "account" in entry.change && typeof entry.change.account === "string")
    return before.get(entry.change.account);
  return before.get(product.hostOf(booking));
}

function expectOnlyOne(
  { directory, product, broken }: World,
  made: Map<string, string>,
  user: string,
  account: Account,
): void {
  const identity = (id: string): string => {
    const staged = directory.users.get(id);
    return staged?.said.externalId == null ? id : `${staged.directory} ${staged.said.externalId}`;
  };
  for (const [other, owner] of made) {
    // Whoever comes back to a product that only took them out has the account that they had.
    if (other !== account.id && identity(owner) === identity(user) && product.account(other) !== undefined)
      broken("I2", `a second account (${account.id}) was made for ${user}, who has ${other}`);
  }
}

function expectOurs(
  world: World,
  { request, found }: Pending,
  made: ReadonlyMap<string, string>,
  account: Account,
): void {
  if (made.has(account.id) || found.linked === account.id) return;
  world.broken("I3", `${request.route} changed ${account.id} (${account.email}), which nobody made or linked`);
}

function expectWanted(world: World, { request: { does, route }, wasWanted }: Pending, account: Account): void {
  if (wasWanted === true && OF_LEAVERS.has(does))
    world.broken("I4", `${route} on ${account.email}, whom the directory says to be active`);
  if (wasWanted === false && OF_ACTIVE.has(does))
    world.broken("I4", `${route} on ${account.email}, whom the directory says to have left`);
}

function expectUnprotected(world: World, { request, run, saidEmail }: Pending, account: Account): void {
  if (!TAKES_AWAY.has(request.does) || run?.editedSince.has(account.id) === true) return;
  const listed = [account.email, saidEmail ?? ""].some((email) => world.scenario.protected.includes(email));
  if (account.role !== "member" || listed)
    world.broken("I6", `${request.route} on ${account.email}, who is ${listed ? "protected" : account.role}`);
}

/** Where an account goes with its bookings, they are cancelled first, and it stays if they cannot be. */
function expectNothingLost({ product, scenario, broken }: World, { run }: Pending, { id, email }: Account): void {
  const { action, onFailure } = scenario.leavers.bookings;
  if (!product.kind.losesBookings || action !== "cancel" || onFailure !== "hold" || run?.bookedSince.has(id) !== false)
    return;
  const left = product.upcoming(id).length;
  if (left > 0) broken("I4", `${email} was removed while ${left} of their bookings were to come`);
}

/** An update changes the fields of a profile and nothing else. */
function expectModest(world: World, { run }: Pending, before: Account): void {
  const after = world.product.account(before.id);
  if (after === undefined) return;
  if (after.email !== before.email) run?.renamed.add(before.id);
  for (const field of ["role", "status", "externalRef", "seat"] as const) {
    if (after[field] !== before[field]) world.broken("I3", `an update changed ${field} of ${before.email}`);
  }
}
