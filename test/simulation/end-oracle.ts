import type { AccountLink } from "../../src/domain/account.ts";
import type { DirectoryUserId } from "../../src/domain/directory.ts";
import type { HeldRecord } from "../../src/ports/holds.ts";
import { wantedFor, type Staged, type Wanted } from "./directory-model.ts";
import type { Account } from "./product.ts";
import { MANAGED_GROUPS } from "./scenario.ts";
import type { World } from "./world.ts";

/** What somebody comes to in the end: their account, and what is held of them. */
interface Case {
  readonly staged: Staged;
  readonly wanted: Wanted;
  readonly account: Account | null;
  /** The account on record was deleted by hand: nobody is to make up for that unasked. */
  readonly isDeletedByHand: boolean;
  readonly held: readonly HeldRecord[];
  readonly isWaiting: boolean;
  /** The product refuses what is asked for this person; that is shown. */
  readonly isRefused: boolean;
  /** Whether the link says that this leaver was read back as shut out. */
  readonly isOffboarded: boolean;
}

/**
 * Once faults have stopped and the bridge has settled: everybody is as the directory says, or it is shown why not, for a
 * reason that the oracle can see, too.
 */
export async function expectEnd(world: World, links: ReadonlyMap<string, AccountLink>): Promise<void> {
  if (world.scenario.mode !== "full") return;
  const waiting = new Set((await world.observer.holds.waiting()).map(({ user }) => user as string));
  const failures = await world.observer.wakes.failures();
  for (const { user, code } of failures) {
    if (code !== "connector.conflict") world.broken("I7", `${user} still fails without any fault: ${code}`);
  }
  for (const staged of world.directory.users.values()) {
    const link = links.get(staged.id);
    const one: Case = {
      staged,
      wanted: wantedFor(staged, world.directory, world.scenario),
      account: (link === undefined ? undefined : world.product.account(link.account)) ?? null,
      isDeletedByHand: link !== undefined && world.edits.get(link.account)?.has("deleted") === true,
      held: await world.observer.holds.heldOf(staged.id as DirectoryUserId),
      isWaiting: waiting.has(staged.id),
      isRefused: failures.some(({ user }) => user === staged.id),
      isOffboarded: link !== undefined && link.offboardedAt !== null,
    };
    if (one.wanted.isActive) expectArrived(world, one);
    else expectLeft(world, one);
  }
}

/** How often a field of an account was edited by hand. */
function edits(world: World, account: Account | null, field: string): number {
  return account === null ? 0 : (world.edits.get(account.id)?.get(field) ?? 0);
}

function isHeld({ held }: Case, ...reasons: readonly HeldRecord["hold"][]): boolean {
  return held.some(({ hold }) => reasons.includes(hold));
}

function expectArrived(world: World, one: Case): void {
  const { staged, wanted, account } = one;
  const name = `person ${staged.who} of ${staged.directory} (${wanted.email}, ${staged.id})`;
  // Where nobody counts, whoever was let through may find no seat, and is held over the limit again.
  const isWaiting = one.isWaiting || (!world.product.kind.countsSeats && isHeld(one, "over-limit"));
  if (isWaiting && isOverCapacity(world)) return;
  if (isHeld(one, "identity-conflict")) {
    if (!isDisputed(world, one))
      world.broken("I7", `${name} is held as a conflict that the oracle does not see: ${detail(one)}`);
    return;
  }
  if (account === null && (one.isDeletedByHand || (isTurnedAway(world, one) && isDisputed(world, one)))) return;
  if (account === null) return world.broken("I7", `${name} has no account: ${detail(one)}`);
  const isLeft = (field: "status" | "displayName" | "email" | "seat" | "groups"): boolean =>
    (field !== "status" && !world.product.writes.has(field)) ||
    (edits(world, account, field) > 0 && (world.scenario.drift[field] === "report" || isHeld(one, "contested")));
  // What is left shut is left alone altogether.
  if (account.status === "deactivated" && isLeft("status")) return;
  const wrong = [
    // Whoever was invited has all that can be given until they accept.
    ...(account.status === "deactivated" ? ["is shut"] : []),
    ...(account.email === wanted.email ||
    isLeft("email") ||
    isHeld(one, "protected-account") ||
    isCrowdedOut(world, one)
      ? []
      : [`has the e-mail ${account.email}`]),
    ...(account.displayName === wanted.displayName || isLeft("displayName") ? [] : ["has another name"]),
    ...(account.seat === wanted.seat || isLeft("seat") || isExcusedSeat(world, one)
      ? []
      : [`has the seat ${account.seat}`]),
    ...(isLeft("groups") || isProtected(world, one) ? [] : groupFaults(world, account, wanted)),
  ];
  if (wrong.length > 0) world.broken("I7", `${name} ${wrong.join(", ")}: ${detail(one)}`);
}

/** An address that is taken by somebody whom the product shows to nobody, or that is still that of somebody who waits for such a one. */
function isCrowdedOut({ product }: World, { account, wanted, isRefused }: Case): boolean {
  if (!product.kind.hidesPeople) return false;
  return isRefused || product.accounts().some(({ id, email }) => email === wanted.email && id !== account?.id);
}

/** The product takes no second account with one address: told again in each run, or held while the attempts use up the limit. */
function isTurnedAway({ scenario }: World, one: Case): boolean {
  return one.isRefused || (scenario.rehire === "new" && isHeld(one, "over-limit"));
}

function expectLeft(world: World, one: Case): void {
  const { staged, account } = one;
  if (account === null || isProtected(world, one) || hasOtherHome(world, one)) return;
  const name = `leaver ${staged.who} of ${staged.directory} (${account.email}, ${staged.id})`;
  const status = edits(world, account, "status");
  const isLeftToPeople = status > 0 && (isHeld(one, "contested") || world.scenario.drift.status === "report");
  const delayed = isHeld(one, "delayed");
  if (account.status === "active" && !isLeftToPeople) world.broken("I4", `${name} is still active: ${detail(one)}`);
  if (isLeftToPeople || delayed || account.status === "active") return;
  if (one.held.length === 0 && !one.isOffboarded) world.broken("proof", `${name} is not on record as shut out`);
  const wound = world.scenario.drift.seat === "repair" || edits(world, account, "seat") === 0;
  if (account.seat !== null && wound && !isHeld(one, "contested"))
    world.broken("I4", `${name} keeps the seat: ${detail(one)}`);
  expectNoMeetings(world, one, account, name);
}

function expectNoMeetings(world: World, one: Case, account: Account, name: string): void {
  const { bookings } = world.scenario.leavers;
  if (bookings.action === "keep" || (bookings.action === "reassign" && bookings.otherwise === "keep")) return;
  // While the clock was ahead, the product itself showed them as past.
  const left = world.product.upcoming(account.id).filter(({ endsAt }) => endsAt > world.clock.latest());
  if (left.length > 0) world.broken("I4", `${name} still has ${left.length} upcoming bookings: ${detail(one)}`);
}

function groupFaults({ product, scenario }: World, account: Account, { groups }: Wanted): readonly string[] {
  const names = new Map(product.groups().map(({ id, name }) => [id, name]));
  const managed = account.groupIds
    .map((id) => names.get(id) ?? id)
    .filter((name) => MANAGED_GROUPS.includes(name))
    .sort();
  const missing = groups.filter((name) => !managed.includes(name));
  const extra = scenario.authoritative ? managed.filter((name) => !groups.includes(name)) : [];
  return [
    ...(missing.length > 0 ? [`is not in ${missing.join(", ")}`] : []),
    ...(extra.length > 0 ? [`is still in ${extra.join(", ")}`] : []),
  ];
}

function isOverCapacity({ product }: World): boolean {
  return product.pools().some(({ used, total }) => used >= total);
}

/** Without a seat for want of one; or with one that is not to be taken from a protected account. */
function isExcusedSeat(world: World, one: Case): boolean {
  if (one.account?.seat === null) return one.isWaiting && isOverCapacity(world);
  return isProtected(world, one);
}

function isProtected({ scenario }: World, { account, staged }: Case): boolean {
  const listed = [account?.email ?? "", staged.said.email.toLowerCase()].some((email) =>
    scenario.protected.includes(email),
  );
  return listed || (account !== null && account.role !== "member");
}

/** Somebody active in another directory, or under another record, has the same address. */
function hasOtherHome(world: World, { staged }: Case): boolean {
  return [...world.directory.users.values()].some(
    (other) =>
      other.id !== staged.id &&
      sameAddress(other, staged) &&
      wantedFor(other, world.directory, world.scenario).isActive,
  );
}

/** Somebody else has, had, or holds in the product, what this person claims; an account made for them, too. */
function isDisputed(world: World, { wanted, account, staged }: Case): boolean {
  const mark = `${staged.directory}/${staged.id}`;
  const inProduct = world.product
    .accounts()
    .some((other) => (other.email === wanted.email || other.externalRef === mark) && other.id !== account?.id);
  const inDirectory = [...world.directory.users.values()].some(
    (other) => other.id !== staged.id && sameAddress(other, staged),
  );
  return inProduct || inDirectory || (account !== null && account.role !== "member");
}

function sameAddress(one: Staged, other: Staged): boolean {
  const addresses = ({ said }: Staged): readonly string[] => [said.email.toLowerCase(), said.userName.toLowerCase()];
  return addresses(one).some((address) => addresses(other).includes(address));
}

function detail({ held, isWaiting }: Case): string {
  const shown = held.map(({ hold, key, detail: text }) => `${hold} ${key} (${text})`);
  return [...shown, ...(isWaiting ? ["waits for a seat"] : [])].join("; ") || "nothing is held";
}
