import { createHash } from "node:crypto";
import { ERASED } from "../../domain/erased-text.ts";
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.ts";
import type { Change } from "../../domain/plan.ts";
import type { ErasedEntry, ErasedRow } from "../../ports/erasures.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import type { AuditRecord } from "../../ports/records.ts";

const PROFILE = { email: ERASED };

/** What is left of a change: its kind, its cause, times and counts, and the product's own ids. */
export function eraseChange(change: Change): Change {
  const bare = { ...change, because: [] };
  switch (bare.kind) {
    case "create-account": {
      const { user, directory, status } = bare.desired;
      const nothing = { seat: null, seatRank: 0, groups: [], because: [], unmapped: [] };
      return { ...bare, desired: { user, directory, status, profile: PROFILE, ...nothing } };
    }
    case "adopt-account": {
      const { kind, cause, because, account, origin } = bare;
      return { kind, cause, because, account, origin, profile: PROFILE };
    }
    case "update-account":
      return { ...bare, before: PROFILE, after: PROFILE };
    case "add-to-group":
    case "remove-from-group":
      return { ...bare, group: { by: "name", name: ERASED } };
    case "reassign-booking": {
      const { toLabel: _, ...rest } = bare;
      return rest;
    }
    default:
      return bare;
  }
}

/** Entries as they are to be kept. What was the same change stays the same one: limits count different ones. */
export function eraseEntries(entries: readonly JournalEntry[]): readonly ErasedEntry[] {
  const numbers = new Map<string, number>();
  return entries.map(({ id, user, key, change, error }) => {
    const number = numbers.get(key) ?? numbers.size + 1;
    numbers.set(key, number);
    return {
      id,
      key: JSON.stringify([change.kind, user, `${ERASED} ${number}`]),
      change: eraseChange(change),
      error: error === null ? null : eraseMessage(error),
    };
  });
}

/** The code of a failure stays: what a product said of it may name anybody. */
function eraseMessage(error: string): string {
  const [code] = /^[a-z-]+\.[a-z-]+(?=: )/.exec(error) ?? [];
  return code === undefined ? ERASED : `${code}: ${ERASED}`;
}

const IN_GROUPS: readonly JsonValue[] = ["add-to-group", "remove-from-group"];

/** A proof as it is to be kept: without names of groups and without what the product said. */
export function eraseProof(document: JsonObject): JsonObject {
  const { steps } = document;
  if (!isJsonArray(steps)) return document;
  return { ...document, steps: steps.map((step) => (isJsonObject(step) ? eraseStep(step) : step)) };
}

function eraseStep(step: JsonObject): JsonObject {
  const { change, error } = step;
  return {
    ...step,
    ...(change !== undefined && IN_GROUPS.includes(change) && { subject: ERASED }),
    ...(typeof error === "string" && { error: eraseMessage(error) }),
  };
}

/** A row of the audit log without the reason that somebody wrote into it; null for a row that has none. */
export function eraseRow({ sequence, hash, detail, erased }: AuditRecord): ErasedRow | null {
  if (typeof detail["reason"] !== "string" || erased !== undefined) return null;
  const { reason: _, ...rest } = detail;
  return { sequence, hash, detail: rest, erased: digestOf(detail) };
}

/**
 * What is left of a row of the audit log, as one number: SHA-256, in hexadecimal. The row that tells of an erasure holds it,
 * so that what is left cannot be changed either.
 */
export function remainsOf(row: Omit<AuditRecord, "erased">, erased: string): string {
  const { sequence, at, actor, action, subject, detail, hash } = row;
  return digestOf([sequence, at, actor, action, subject, detail, erased, hash]);
}

function digestOf(value: JsonValue): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
