import type { Breach, Hold, LimitName, PersonPlan, PlanDigest } from "../domain/plan.ts";

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

/** The command that lets one person through, to be copied: a label that a shell could read otherwise gives way to the id. */
export function releaseCommand({ user, label }: Pick<PersonPlan, "user" | "label">): string {
  return `rosterbridge release ${/^[\w.@+-]+$/.test(label) ? label : user} --reason "…"`;
}

/** How to get past a limit. `digest` null: a plan for some people, whose digest cannot be approved. */
export function limitWayOut(person: Pick<PersonPlan, "user" | "label">, digest: PlanDigest | null): string {
  return `To let the whole plan through: ${approval(digest)}; this person alone: ${releaseCommand(person)}.`;
}

/** The command that approves a plan. */
export function approveCommand(digest: PlanDigest): string {
  return `rosterbridge approve ${digest} --reason "…"`;
}

/** The command that ends what a restore holds. */
export const RESUME_COMMAND = 'rosterbridge resume --reason "…"';

function approval(digest: PlanDigest | null): string {
  return digest === null ? "rosterbridge plan shows the digest to approve" : approveCommand(digest);
}

/** A reason of an earlier plan as it is true now: with the digest whose approval has an effect, or without any. */
export function withApprovable(detail: string, digest: PlanDigest | null): string {
  return detail.replace(
    /(To let the whole plan through: )(?:rosterbridge approve [0-9a-f]{12} --reason "…"|rosterbridge plan shows the digest to approve)/,
    (_, start) => {
      return `${String(start)}${approval(digest)}`;
    },
  );
}

/** What a release lifts. */
export const LIFTED_BY_RELEASE: ReadonlySet<Hold> = new Set<Hold>(["over-limit", "contested", "delayed"]);

/** What to do about what is held; null where the reason says so itself. */
export const WAYS_OUT: Readonly<Record<Hold, string | null>> = {
  unsupported: "Do it in the product by hand.",
  mode: 'Change "mode" in the configuration, and start `serve` again.',
  restored: null,
  "over-limit": null,
  "protected-account": null,
  "observation-incomplete": "The next run reads it again, and decides anew.",
  "identity-conflict": "Mend it in the product or in the directory.",
  "no-free-seat": "Free or buy a seat.",
  contested: "Agree with whoever edits it in the product.",
  delayed: "It is done when the time has come, unless the person returns.",
  "waits-for-held": null,
};

/** A reason, and how to get past it where it says so: values in the reason may hold any text, so the last way out counts. */
export function splitWayOut(detail: string): { readonly reason: string; readonly wayOut: string | null } {
  const match = /^(.*) (To (?:let the whole plan through|try once more|shut it|do it now): .*)$/s.exec(detail);
  return { reason: match?.[1] ?? detail, wayOut: match?.[2] ?? null };
}
