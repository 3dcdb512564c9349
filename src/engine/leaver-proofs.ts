import type { AccountId } from "../domain/account.ts";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import { UnknownSubjectError } from "../domain/errors.ts";
import { isJsonObject, type JsonObject } from "../domain/json.ts";
import type { Journal, JournalEntry } from "../ports/journal.ts";
import type { AuditRecord, ChainPoint, Evidence } from "../ports/records.ts";
import type { Store } from "../ports/store.ts";
import type { Permissions } from "./limits/permissions.ts";
import { PROVED, proofDigest } from "./apply/proof.ts";
import { FORGOTTEN } from "./forget/forget.ts";
import { APPLIED, RETENTION } from "./retention.ts";

/** One proof of somebody's offboarding, held against the audit log. */
export interface LeaverProof {
  readonly user: DirectoryUserId;
  readonly at: Instant;
  /** As it was written (engine/apply/proof.ts). */
  readonly document: JsonObject;
  /** E-mails of those who took bookings over, by account, as the journal has them: the proof keeps ids alone. */
  readonly heirs: Readonly<Record<AccountId, string>>;
  /**
   * The row of the audit log that was written with it; `matches` is false when the proof is not the one of that row.
   * Null when there is no such row: older versions wrote it after the proof, and could be killed in between.
   */
  readonly audit: (ChainPoint & { readonly matches: boolean }) | null;
}

/** What is kept of somebody's offboardings. */
export interface Offboardings {
  /** Newest first. */
  readonly proofs: readonly LeaverProof[];
  /** Rows of the audit log whose proofs are gone. */
  readonly lost: readonly ChainPoint[];
}

/** Finds the proofs of leavers. */
export interface LeaverProofs {
  /**
   * `person` is an id, userName, e-mail or externalId; of several people who answer to it, of all. Throws
   * UnknownSubjectError when nobody answers to it, or nobody of them was ever offboarded.
   */
  of(person: string): Promise<Offboardings>;
}

/** Makes the use case. `identify` is what tells of somebody unknown. */
export function createLeaverProofs(
  { evidence, journal }: Pick<Store, "evidence" | "journal">,
  { identify }: Pick<Permissions, "identify">,
): LeaverProofs {
  return {
    async of(person) {
      const found = await evidence.findPeople(person);
      const people = found.length > 0 ? found : [await identify(person)];
      const each = await Promise.all(people.map((user) => offboardingsOf(evidence, journal, user)));
      const proofs = each.flatMap((one) => one.proofs).sort((one, other) => (one.at < other.at ? 1 : -1));
      const lost = each.flatMap((one) => one.lost);
      if (proofs.length === 0 && lost.length === 0) {
        throw new UnknownSubjectError(
          `There is no proof for "${person}", who has not been offboarded. \`rosterbridge explain\` tells how things stand.`,
        );
      }
      return { proofs, lost };
    },
  };
}

async function offboardingsOf(evidence: Evidence, journal: Journal, user: DirectoryUserId): Promise<Offboardings> {
  const [records, audit, entries] = await Promise.all([
    evidence.proofs(user),
    evidence.auditOf(user),
    journal.entries(user),
  ]);
  const heirs = heirsOf(entries);
  const rows = audit.filter(({ action }) => action === PROVED);
  const proofs = records
    .map(({ at, document }) => ({ user, at, document, heirs, audit: rowOf(writtenDigest(document, audit), at, rows) }))
    .reverse();
  const taken = new Set(proofs.map((proof) => proof.audit?.sequence));
  const untaken = rows.filter(({ sequence }) => !taken.has(sequence));
  const deletedBefore = untaken.length === 0 ? "" : await proofsDeletedBefore(evidence);
  const lost = untaken
    .filter(({ at }) => at >= deletedBefore)
    .map(({ sequence, hash }): ChainPoint => ({ sequence, hash }));
  return { proofs, lost };
}

/** Up to when retention has deleted proofs; the empty text, before every time: never. */
async function proofsDeletedBefore({ auditOf }: Evidence): Promise<string> {
  const applied = (await auditOf(RETENTION)).filter(({ action }) => action === APPLIED);
  const times = applied.map(({ detail }) => detail["proofsBefore"]).filter((time) => typeof time === "string");
  return times.sort().at(-1) ?? "";
}

function heirsOf(entries: readonly JournalEntry[]): LeaverProof["heirs"] {
  const named = entries.flatMap(({ change }) =>
    change.kind === "reassign-booking" && change.toLabel !== undefined ? [[change.to, change.toLabel] as const] : [],
  );
  return Object.fromEntries(named);
}

/** The digest that a proof was written with: of one from which a person's data were erased, the row that tells of it knows. */
function writtenDigest(document: JsonObject, audit: readonly AuditRecord[]): string {
  const digest = proofDigest(document);
  const proven = audit.filter(({ action }) => action === FORGOTTEN).map(({ detail }) => detail["proven"]);
  const written = proven.map((known) => (isJsonObject(known) ? known[digest] : undefined));
  return written.find((one) => typeof one === "string") ?? digest;
}

/** A proof and its row have the same time. */
function rowOf(digest: string, at: Instant, rows: readonly AuditRecord[]): LeaverProof["audit"] {
  const matching = rows.find(({ detail }) => detail["proof"] === digest);
  const row = matching ?? rows.find((candidate) => candidate.at === at);
  return row === undefined ? null : { sequence: row.sequence, hash: row.hash, matches: row === matching };
}
