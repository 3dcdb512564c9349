import type { Limit, LimitName, PersonChange } from "../../src/domain/plan.ts";
import type { World } from "./world.ts";

/** Budgets are counted over this long; a little less than a day, lest the last millisecond be disputed. */
const DAY_MS = 24 * 3_600_000 - 120_000;
/** An approval or a release may be used for this long; a little more than an hour. */
const PERMISSION_MS = 3_600_000 + 120_000;
/** After a restart of the machine on a clock that was set back nobody knows how long it was off: permissions last longer. */
const UNKNOWN_MS = 3_600_000;

/** One write that counts, by the oracle's own book. */
export interface Spent {
  readonly limit: LimitName;
  /** What it was done to: the same for the same change. */
  readonly key: string;
  /** What an admin saw of it when approving; `key`, unless told: whoever is created at another address is another case. */
  readonly shown?: string;
  readonly user: string;
}

/** Counts what the product was made to do, with its own arithmetic of product.md section 6. */
export interface BudgetOracle {
  /** A write took effect; `isFull`: in a run for everybody, the only kind that approvals are for. */
  spend(spent: Spent, isFull: boolean): void;
  /** An admin let these held changes of one plan through. */
  approve(digest: string, changes: readonly Omit<Spent, "user">[]): void;
  /** Digests of approvals that have let something through since this was last asked. */
  takeUsed(): readonly string[];
  release(user: string): void;
  /** How many links there are now. */
  noteLinks(count: number): void;
  /** Reports limits that were exceeded since it was last asked. */
  check(): void;
}

interface Booked extends Spent {
  readonly at: number;
  readonly isExempt: boolean;
}

/** Nothing spent yet. */
export function createBudgetOracle({ scenario, clock, broken }: World): BudgetOracle {
  const book: Booked[] = [];
  const links: { readonly at: number; readonly count: number }[] = [{ at: 0, count: 0 }];
  const releases = new Map<string, number>();
  const used = new Set<string>();
  let approvals: readonly { readonly digest: string; readonly at: number; readonly keys: Set<string> }[] = [];
  let checked = 0;

  const isRecent = (at: number, ms: number): boolean => clock.elapsed() - at <= ms;
  const permissionMs = scenario.time === "jumps" ? PERMISSION_MS + UNKNOWN_MS : PERMISSION_MS;
  const useApproval = (name: string): boolean => {
    const found = approvals.find(({ at, keys }) => isRecent(at, permissionMs) && keys.has(name));
    if (found === undefined) return false;
    used.add(found.digest);
    return found.keys.delete(name);
  };
  /** The largest number of links within the window: percentages are of it at most. */
  const mostLinks = (from: number): number => {
    const before = links.findLast(({ at }) => at <= from)?.count ?? 0;
    return Math.max(before, ...links.filter(({ at }) => at > from).map(({ count }) => count));
  };

  return {
    spend(spent, isFull) {
      const name = nameOf(spent);
      const released = releases.get(spent.user);
      const isReleased = released !== undefined && isRecent(released, permissionMs);
      book.push({ ...spent, at: clock.elapsed(), isExempt: isReleased || (isFull && useApproval(name)) });
    },
    approve(digest, changes) {
      const keys = new Set(changes.map(nameOf));
      approvals = [...approvals, { digest, at: clock.elapsed(), keys }];
    },
    takeUsed() {
      const digests = [...used];
      used.clear();
      return digests;
    },
    release: (user) => void releases.set(user, clock.elapsed()),
    noteLinks: (count) => void links.push({ at: clock.elapsed(), count }),
    check() {
      for (; checked < book.length; checked += 1) {
        const last = book[checked];
        if (last === undefined || last.isExempt) continue;
        const from = last.at - DAY_MS;
        const window = book.slice(0, checked + 1).filter(({ at, limit }) => limit === last.limit && at > from);
        const different = new Set(window.filter(({ isExempt }) => !isExempt).map(({ key }) => key));
        const allowed = allowedBy(scenario.limits[last.limit], mostLinks(from));
        if (different.size > allowed)
          broken("I5", `${different.size} changes under ${last.limit} within 24 h, ${allowed} allowed`);
      }
    },
  };
}

function nameOf({ limit, key, shown }: Omit<Spent, "user">): string {
  return `${limit} ${shown ?? key}`;
}

/** `max(floor, min(max, percent of linked people))`, rounded down. */
function allowedBy({ floor, max, percent }: Limit, linked: number): number {
  const share = percent === null ? max : Math.floor((percent * linked) / 100);
  return share > max ? Math.max(floor, max) : Math.max(floor, share);
}

/** Under which limit a planned change counts, and as what; null: under none. */
export function spentBy(user: string, change: PersonChange): Omit<Spent, "user"> | null {
  const isLeaving = change.cause === "leaver";
  switch (change.kind) {
    case "deactivate-account":
      return { limit: "deactivate", key: change.account };
    case "delete-account":
      return { limit: "delete", key: change.account };
    case "cancel-booking":
    case "reassign-booking":
      return { limit: "cancelBookings", key: change.booking };
    case "create-account":
      return { limit: "create", key: user, shown: `${user} ${change.desired.profile.email}` };
    case "reactivate-account":
      return { limit: "create", key: change.account };
    case "remove-from-group":
      return isLeaving ? null : { limit: "removeFromGroup", key: `${user} ${change.group.name}` };
    case "release-seat":
      return isLeaving ? null : { limit: "releaseSeat", key: user };
    case "update-account":
      return { limit: "update", key: `${change.account} ${change.after.email} ${change.after.displayName ?? ""}` };
    default:
      return null;
  }
}
