import { createHash } from "node:crypto";
import type { AccountLink, ObservedAccount } from "../domain/account.ts";
import type { Instant } from "../domain/brand.ts";
import { msBetween } from "../domain/instant.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Change, PersonPlan } from "../domain/plan.ts";
import type { JournalEntry } from "../ports/journal.ts";
import type { PeopleRun } from "./people-run.ts";

/** The row of the audit log that a proof is chained by; its detail is `{proof: <proofDigest>}`. */
export const PROVED = "leaver.proved";

/** SHA-256 of a proof, in hexadecimal. */
export function proofDigest(document: JsonObject): string {
  return createHash("sha256").update(JSON.stringify(document)).digest("hex");
}

/** What the IdP said that made somebody a leaver, and when. */
interface Statement {
  readonly what: "deleted" | "active=false" | "out of scope" | "unknown";
  readonly at: Instant;
}

/** What was read back once a leaver was shut out. */
export interface ReadBack {
  /** Undefined when the account is gone. */
  readonly account: ObservedAccount | undefined;
  /** Upcoming bookings; null where nobody looked. */
  readonly bookingsLeft: number | null;
}

/**
 * Writes the proof of one leaver (product.md section 7) and marks the link as offboarded: what the IdP said, every
 * journalled step since then, over all runs that it took, and what was read back. Ids and counts only. The link is
 * marked last: whoever is interrupted before that is proved once more, never not at all.
 */
export async function prove(
  run: PeopleRun,
  link: AccountLink,
  plan: PersonPlan,
  { account, bookingsLeft }: ReadBack,
): Promise<void> {
  const { store, ambient, lease } = run;
  const at = ambient.clock.now();
  const said = await lastStatement(run, plan, at);
  const entries = (await store.journal.entries(plan.user)).filter(({ intendedAt }) => intendedAt >= said.at);
  const document: JsonObject = {
    person: plan.user,
    directory: plan.directory,
    account: link.account,
    said: { what: said.what, at: said.at },
    steps: entries.map(toStep),
    bookings: { ...countBookings(entries), left: bookingsLeft },
    readBack:
      account === undefined
        ? { account: "gone" }
        : { account: account.status, seat: account.seat, groups: account.groups.length },
    provedAt: at,
    latencyMs: msBetween(said.at, at),
  };
  await store.evidence.putProof(lease, { user: plan.user, at, document });
  await store.evidence.audit({
    at,
    actor: `run:${run.id}`,
    action: PROVED,
    subject: plan.user,
    detail: { proof: proofDigest(document) },
  });
  await store.links.put(lease, [{ ...link, offboardedAt: at }]);
}

async function lastStatement(run: PeopleRun, plan: PersonPlan, now: Instant): Promise<Statement> {
  const [record] = await run.workspace.peopleById([plan.user]);
  if (record === undefined) return { what: "unknown", at: now };
  const { user, deletedAt } = record.person;
  // Whatever was said later, of a title or of a deletion weeks afterwards, access was to end then.
  if (user.leftAt !== undefined) return { what: "active=false", at: user.leftAt };
  if (deletedAt !== null) return { what: "deleted", at: deletedAt };
  return { what: "out of scope", at: user.meta.lastModified };
}

function toStep({ change, state, intendedAt, settledAt, error }: JournalEntry): JsonObject {
  return { change: change.kind, subject: subjectOf(change), state, intendedAt, settledAt, error };
}

/** A booking whose cancellation was tried twice counts once. */
function countBookings(entries: readonly JournalEntry[]): JsonObject {
  const guestsOf = new Map<string, number>();
  for (const { change, state } of entries) {
    if (change.kind === "cancel-booking" && state !== "failed") guestsOf.set(change.booking, change.guests);
  }
  return { cancelled: guestsOf.size, guests: [...guestsOf.values()].reduce((sum, guests) => sum + guests, 0) };
}

function subjectOf(change: Change): string {
  switch (change.kind) {
    case "cancel-booking":
    case "reassign-booking":
      return change.booking;
    case "assign-seat":
    case "release-seat":
      return change.seat;
    case "add-to-group":
    case "remove-from-group":
      return change.group.name;
    case "create-group":
      return change.name;
    default:
      return "account";
  }
}
