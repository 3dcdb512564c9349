import type { Breach, LimitName } from "../domain/plan.ts";

const COUNTED: Readonly<Record<LimitName, readonly [one: string, many: string]>> = {
  deactivate: ["deactivation", "deactivations"],
  delete: ["deletion", "deletions"],
  cancelBookings: ["booking to cancel", "bookings to cancel"],
  removeFromGroup: ["removal from a group", "removals from groups"],
  releaseSeat: ["seat to free", "seats to free"],
  update: ["update", "updates"],
  create: ["new account", "new accounts"],
  adopt: ["account to adopt", "accounts to adopt"],
};

/** A number of things with its noun: `1 deactivation`, `37 deactivations`. */
export function countedLimit(limit: LimitName, count: number): string {
  const [one, many] = COUNTED[limit];
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** A breach in words, with its numbers and the setting behind it; no full stop. */
export function breachWords({ limit, planned, spent, allowed, rule }: Breach): string {
  const what = countedLimit(limit, planned);
  if (rule === "last-account") return `${what}: no active account would be left (limits.${limit})`;
  return `${what}: ${(spent + planned).toLocaleString("en")} in 24 h, limit ${allowed.toLocaleString("en")} (limits.${limit})`;
}
