import type {
  AccountId,
  AccountLink,
  AccountProfile,
  Booking,
  BookingId,
  Candidate,
  DesiredAccount,
  LeaverReason,
  ObservedAccount,
  ObservedGroup,
  ProductGroupId,
  Seat,
} from "../../src/domain/account.ts";
import type { Instant } from "../../src/domain/brand.ts";
import type { DirectoryId, DirectoryUserId } from "../../src/domain/directory.ts";
import { CHANGE_KINDS } from "../../src/domain/plan.ts";
import type {
  ChangeKind,
  Held,
  PersonChange,
  PersonPlan,
  Plan,
  PlanDigest,
  PlanSummary,
} from "../../src/domain/plan.ts";
import { REPAIR_EVERYTHING, type LeaverPolicy } from "../../src/domain/policy.ts";
import type { FoldStart, PersonFacts, PlanContext } from "../../src/planning/context.ts";
import { PROFILE_FIELDS } from "../../src/planning/diff.ts";
import { foldPlan } from "../../src/planning/fold.ts";
import type { FoldResult } from "../../src/planning/fold.ts";
import type { Gate } from "../../src/planning/gate.ts";
import { passPlan, tally } from "../../src/planning/pass.ts";
import { createPlanner } from "../../src/planning/person.ts";

export const ACME = "acme" as DirectoryId;
export const NOW = "2026-11-23T12:00:00.000Z" as Instant;
export const STANDARD = "standard" as Seat;

/** The mark on accounts that were made for Ana. */
export const ANAS_MARK = "acme/ana";

/** Bookings are acted upon at once, and handed over to nobody unless a test says so. */
export const NO_GRACE: Pick<LeaverPolicy["bookings"], "reassignTo" | "otherwise" | "delayMs"> = {
  reassignTo: ["manager", "group"],
  otherwise: "cancel",
  delayMs: 0,
};

export const asUser = (id: string): DirectoryUserId => id as DirectoryUserId;
export const asAccount = (id: string): AccountId => id as AccountId;
export const asGroup = (id: string): ProductGroupId => id as ProductGroupId;
export const asSeat = (id: string): Seat => id as Seat;

/** A group whose id is its name in lower case, with `g-` before it. */
export function aGroup(name: string): ObservedGroup {
  return { id: groupId(name), name };
}
export function groupId(name: string): ProductGroupId {
  return asGroup(`g-${name.toLowerCase()}`);
}

export function aProfile(parts: Partial<AccountProfile> = {}): AccountProfile {
  return { email: "ana@acme.example", displayName: "Ana", ...parts };
}

/** Ana, active, with a standard seat and no groups. */
export function aDesired(parts: Partial<DesiredAccount> = {}): DesiredAccount {
  return {
    user: asUser("ana"),
    directory: ACME,
    status: "active",
    profile: aProfile(),
    seat: STANDARD,
    seatRank: 0,
    groups: [],
    because: ["seats.default → seat standard"],
    unmapped: [],
    ...parts,
  };
}

export function aLeaver(leaver: LeaverReason = "inactive", parts: Partial<DesiredAccount> = {}): DesiredAccount {
  return aDesired({
    status: "deactivated",
    leaver,
    seat: null,
    because: ["the directory says active: false"],
    ...parts,
  });
}

/** Ana's account, exactly as `aDesired` wants it. */
export function anAccount(parts: Partial<ObservedAccount> = {}): ObservedAccount {
  return {
    id: asAccount("m-ana"),
    status: "active",
    role: "member",
    profile: aProfile(),
    seat: STANDARD,
    groups: [],
    ...parts,
  };
}

export function aCandidate(parts: Partial<ObservedAccount> = {}, linkedTo: Candidate["linkedTo"] = null): Candidate {
  return { account: anAccount(parts), linkedTo };
}

export function aLink(parts: Partial<AccountLink> = {}): AccountLink {
  return {
    user: asUser("ana"),
    account: asAccount("m-ana"),
    origin: "created",
    linkedAt: NOW,
    applied: aProfile(),
    offboardedAt: null,
    entitlements: null,
    repairs: {},
    ...parts,
  };
}

export function aBooking(id: string, parts: Partial<Booking> = {}): Booking {
  const startsAt = "2026-11-24T10:00:00.000Z" as Instant;
  return { id: id as BookingId, account: asAccount("m-ana"), startsAt, endsAt: startsAt, guests: 1, ...parts };
}

/** Facts of Ana with no account and no link. */
export function someFacts(parts: Partial<PersonFacts> = {}): PersonFacts {
  return {
    directory: ACME,
    version: 1,
    since: NOW,
    desired: aDesired(),
    observed: [],
    link: null,
    bookings: null,
    ...parts,
  };
}

/** Facts of Ana with her linked account. */
export function linkedFacts(
  parts: Partial<PersonFacts> = {},
  account: Partial<ObservedAccount> = {},
  link: Partial<AccountLink> = {},
): PersonFacts {
  const own = aCandidate(account, { user: asUser("ana"), gone: false });
  return someFacts({ ...parts, observed: [own, ...(parts.observed ?? [])], link: aLink(link) });
}

/** A product that can do everything, and a policy that allows everything. */
export function aContext(parts: Partial<PlanContext> = {}): PlanContext {
  return {
    changes: new Set(CHANGE_KINDS),
    updates: new Set(PROFILE_FIELDS),
    seats: "assigned",
    bookings: "bridge",
    bookingOrder: "deactivate-first",
    invites: false,
    pendingGroups: true,
    leavers: {
      action: "deactivate",
      bookings: { action: "cancel", reason: "Gone.", onFailure: "deactivate", ...NO_GRACE },
    },
    protected: { accounts: new Set(), minOwners: 1 },
    rehire: "conflict",
    drift: REPAIR_EVERYTHING,
    released: new Set(),
    failing: new Set(),
    groups: [aGroup("Sales"), aGroup("Support"), aGroup("Handmade")],
    managedGroups: new Set(["Sales", "Support", "New"]),
    authoritative: true,
    createMissing: true,
    verifiedDomains: new Map([[ACME, ["acme.example"]]]),
    now: NOW,
    ...parts,
  };
}

/** Everything but these kinds. */
export function without(...kinds: readonly ChangeKind[]): ReadonlySet<ChangeKind> {
  return new Set(CHANGE_KINDS.filter((kind) => !kinds.includes(kind)));
}

export function aStart(parts: Partial<FoldStart> = {}): FoldStart {
  return { seats: null, parking: true, approved: () => false, released: new Set(), ...parts };
}

export function aGate(parts: Partial<Gate> = {}): Gate {
  return {
    mode: "full",
    observation: { complete: true, accounts: 10 },
    breaches: [],
    digest: "0123456789ab" as PlanDigest,
    bookingOrder: "deactivate-first",
    released: new Set(),
    approved: () => false,
    ...parts,
  };
}

/** A person's plan with these changes, as if nothing else were known. */
export function aPersonPlan(parts: Partial<PersonPlan> = {}): PersonPlan {
  return {
    user: asUser("ana"),
    directory: ACME,
    version: 1,
    label: "ana@acme.example",
    cause: parts.changes?.[0]?.cause ?? null,
    changes: [],
    held: [],
    seatClaim: null,
    notes: [],
    ...parts,
  };
}

/** What a plan of one person comes to, short enough to compare: `kind` or `kind!hold`. */
export function outline({ changes, held }: Pick<PersonPlan, "changes" | "held">): readonly string[] {
  return [...changes.map(({ kind }) => kind), ...held.map(({ change, hold }) => `${change.kind}!${hold}`)];
}

export function kinds(changes: readonly PersonChange[]): readonly ChangeKind[] {
  return changes.map(({ kind }) => kind);
}

export function detailOf({ held }: Pick<PersonPlan, "held">): string {
  return held.map(({ detail }: Held) => detail).join("\n");
}

export async function* each<T>(items: Iterable<T>): AsyncGenerator<T, void, void> {
  yield* items;
}

/** Settling order as the workspace gives it: leavers, claims by seat, rank, since and user, then the rest by user. */
export function inSettlingOrder(plans: readonly PersonPlan[]): readonly PersonPlan[] {
  const key = ({ user, cause, seatClaim }: PersonPlan): string => {
    if (cause === "leaver") return `0 ${user}`;
    if (seatClaim === null) return `2 ${user}`;
    return `1 ${seatClaim.seat} ${String(seatClaim.rank).padStart(6, "0")} ${seatClaim.since} ${user}`;
  };
  return plans.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

export interface Folded {
  readonly people: readonly PersonPlan[];
  readonly result: FoldResult;
}

export async function fold(plans: readonly PersonPlan[], start: FoldStart = aStart()): Promise<Folded> {
  const people: PersonPlan[] = [];
  const generator = foldPlan(each(plans), start);
  for (;;) {
    const step = await generator.next();
    if (step.done === true) return { people, result: step.value };
    people.push(step.value);
  }
}

/** Plans these people, settles them, and lets them through the gate: the whole of planning. */
export async function planEverybody(
  facts: readonly PersonFacts[],
  context: PlanContext,
  start: FoldStart = aStart(),
  gate: Partial<Gate> = {},
): Promise<Folded & { readonly passed: readonly PersonPlan[] }> {
  const folded = await fold(inSettlingOrder(facts.map(createPlanner(context))), start);
  const whole = aGate({ digest: folded.result.digest, bookingOrder: context.bookingOrder, ...gate });
  return { ...folded, passed: await Array.fromAsync(passPlan(each(folded.people), whole, start.seats)) };
}

/** A whole plan of these people, for rendering. */
export async function aPlan(people: readonly PersonPlan[], parts: Partial<PlanSummary> = {}): Promise<Plan> {
  const summary: PlanSummary = {
    digest: "7f3a9c1e2b44" as PlanDigest,
    directories: [ACME],
    product: "sandbox",
    people: 120,
    linked: 118,
    basis: { mappingVersion: 3, observedAt: NOW, observation: { complete: true, accounts: 120 } },
    ...(await tally(each(people))),
    breaches: [],
    waiting: [],
    ...parts,
  };
  return { summary, people: () => each(people) };
}
