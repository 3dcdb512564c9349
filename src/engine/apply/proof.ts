import { createHash } from "node:crypto";
import type { AccountLink, ObservedAccount } from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import { msBetween } from "../../domain/instant.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { Change, PersonPlan } from "../../domain/plan.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import { leavingWord, type Statement } from "../plan/leaving.ts";
import type { PeopleRun } from "./people-run.ts";

/** The row of the audit log that a proof is chained by; its detail is `{proof: <proofDigest>}`. */
export const PROVED = "leaver.proved";

/** SHA-256 of a proof, in hexadecimal. */
export function proofDigest(document: JsonObject): string {
  return createHash("sha256").update(JSON.stringify(document)).digest("hex");
}

/** What was read back once a leaver was shut out. */
export interface ReadBack {
  /** Undefined when the account is gone. */
  readonly account: ObservedAccount | undefined;
  /** Upcoming bookings; null where nobody looked. */
  readonly bookingsLeft: number | null;
}

/**
 * Writes the proof of one leaver (product.md section 7) and marks the link as offboarded, as one unit: what the IdP said,
 * every journalled step since then, over all runs that it took, and what was read back. Ids and counts only. `handledBy`
 * stands where bookings are none of ours: `product` cancels them by itself, `nobody` means that they are left to it.
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
  const { bookings: handling } = run.connector.capabilities;
  const latencyMs = msBetween(said.at, at);
  const document: JsonObject = {
    person: plan.user,
    directory: plan.directory,
    account: link.account,
    said: { what: said.what, at: said.at },
    steps: entries.map(toStep),
    bookings: {
      ...countBookings(entries),
      left: bookingsLeft,
      ...(handling === "bridge" ? {} : { handledBy: handling }),
    },
    readBack:
      account === undefined
        ? { account: "gone" }
        : { account: account.status, seat: account.seat, groups: account.groups.length },
    provedAt: at,
    latencyMs,
  };
  const proved = { at, actor: `run:${run.id}`, action: PROVED, subject: plan.user };
  await store.evidence.putProof(
    lease,
    { user: plan.user, at, document },
    { audit: { ...proved, detail: { proof: proofDigest(document) } }, link: { ...link, offboardedAt: at } },
  );
  ambient.metrics.leaverDone(said.what, latencyMs);
}

async function lastStatement({ workspace }: PeopleRun, { user, leftAt }: PersonPlan, now: Instant): Promise<Statement> {
  const [record] = await workspace.peopleById([user]);
  if (record === undefined) return { what: "unknown", at: leftAt ?? now };
  // Of people who left the scope, the plan knows better than their record does when that was.
  const { meta } = record.person.user;
  return leavingWord(record.person, "out-of-scope", leftAt ?? meta.lastModified);
}

function toStep({ change, state, intendedAt, settledAt, error }: JournalEntry): JsonObject {
  const to = change.kind === "reassign-booking" ? { to: change.to } : {};
  return { change: change.kind, subject: subjectOf(change), ...to, state, intendedAt, settledAt, error };
}

/**
 * A booking that was tried twice counts once, as what was tried last; guests are those of both. `reassignedTo`: how many
 * bookings each account took over.
 */
function countBookings(entries: readonly JournalEntry[]): JsonObject {
  const fates = new Map<string, BookingStep>();
  for (const { change, state } of entries) {
    if (state !== "failed" && isBookingStep(change)) fates.set(change.booking, change);
  }
  const all = [...fates.values()];
  const reassigned = all.filter((step) => step.kind === "reassign-booking");
  const reassignedTo: Record<string, number> = {};
  for (const { to } of reassigned) reassignedTo[to] = (reassignedTo[to] ?? 0) + 1;
  return {
    cancelled: all.length - reassigned.length,
    ...(reassigned.length === 0 ? {} : { reassigned: reassigned.length, reassignedTo }),
    guests: all.reduce((sum, { guests }) => sum + guests, 0),
  };
}

type BookingStep = Extract<Change, { readonly kind: "cancel-booking" | "reassign-booking" }>;

function isBookingStep(change: Change): change is BookingStep {
  return change.kind === "cancel-booking" || change.kind === "reassign-booking";
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
