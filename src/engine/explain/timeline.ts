import type { AuditEvent } from "../../ports/directory-tx.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import type { Pushed, TimelineEntry } from "./explanation.ts";

/** Audit log and journal of one person as one list, oldest first; what was said stands before what came of it. */
export function mergeTimeline(
  audit: readonly AuditEvent[],
  journal: readonly JournalEntry[],
): readonly TimelineEntry[] {
  const said = audit.map(({ at, actor, action, detail }): TimelineEntry => ({
    source: "audit",
    at,
    actor,
    action,
    detail,
  }));
  const done = journal.map(({ intendedAt, run, change, state, settledAt, error }): TimelineEntry => ({
    source: "journal",
    at: intendedAt,
    run,
    change,
    state,
    settledAt,
    error,
  }));
  return [...said, ...done].sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
}

/** The newest statement of the IdP among these rows of the audit log; null when it made none. */
export function lastPush(audit: readonly AuditEvent[]): Pushed | null {
  const last = audit.findLast(({ action }) => action.startsWith("user."));
  if (last === undefined) return null;
  const { attributes, active } = last.detail;
  return {
    at: last.at,
    actor: last.actor,
    action: last.action,
    attributes: Array.isArray(attributes) ? attributes.filter((name) => typeof name === "string") : [],
    active: typeof active === "boolean" ? active : null,
  };
}
