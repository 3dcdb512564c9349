import type { Instant } from "../../domain/brand.ts";
import type { DirectoryUserId } from "../../domain/directory.ts";
import { ErasureRefusedError } from "../../domain/erasure-errors.ts";
import { withoutTexts } from "../../domain/erased-text.ts";
import {
  BridgeError,
  RunInProgressError,
  StoreUnavailableError,
  UnknownSubjectError,
  VersionConflictError,
} from "../../domain/errors.ts";
import type { Clock } from "../../ports/ambient.ts";
import type { AuditEvent } from "../../ports/directory-tx.ts";
import type { Dossier, ErasedRow, ErasureOrder, Mentions } from "../../ports/erasures.ts";
import type { AuditRecord } from "../../ports/records.ts";
import type { Store } from "../../ports/store.ts";
import { proofDigest, PROVED } from "../apply/proof.ts";
import type { Permissions, Reasoned } from "../limits/permissions.ts";
import type { LeaseKeeper } from "../runs/lease-keeper.ts";
import { eraseEntries, eraseProof, eraseRow, remainsOf } from "./erase-records.ts";
import { refuseNeeded } from "./obstacles.ts";
import { personalTexts } from "./personal-texts.ts";

/** The row of the audit log that tells of an erasure: what it erased, and what is left of that. */
export const FORGOTTEN = "person.forgotten";

/** How often a moment between two runs is tried for, and the pause between two attempts in milliseconds. */
const ATTEMPTS = 10;
const PAUSE_MS = 1_000;

/** What was erased of one person. */
export interface Forgotten {
  /** The opaque id, by which the skeleton is still found. */
  readonly user: DirectoryUserId;
  /** Ids of lives before a rehire, erased with it. */
  readonly earlier: readonly DirectoryUserId[];
  readonly at: Instant;
  /** Records from which something was erased. */
  readonly erased: { readonly changes: number; readonly proofs: number; readonly auditRows: number };
  /** False when the file could not be rewritten now (others use it, or the disk is full): old text may be in free places of it. */
  readonly scrubbed: boolean;
  /** Where the person is still named, because it is not theirs alone to erase. */
  readonly stillNamed: Pick<Mentions, "mappingVersions" | "people">;
}

/** What a request to forget somebody would do, looked at beforehand. */
export type ForgetPreview = Omit<Forgotten, "at" | "scrubbed">;

/** Erases what is kept of people who have left. */
export interface Forgetting {
  /** What would be erased. Writes nothing; throws as `forget` does. */
  look(person: string, reason: string): Promise<ForgetPreview>;
  /**
   * Erases the personal data of one person (id, userName, e-mail or externalId) everywhere in the store. Ids, times, kinds and
   * counts stay. Throws UnknownSubjectError and UsageError as `identify` does, ErasureRefusedError when the data are
   * still needed, RunInProgressError when a run goes on for longer than 10 s, VersionConflictError when the IdP pushes them just then.
   */
  forget(person: string, by: Reasoned): Promise<Forgotten>;
  /**
   * Forgets people whose time is over, one after the other; whose data are still needed is passed over. Resolves to those
   * who were forgotten. Throws RunInProgressError as `forget` does.
   */
  forgetAll(people: readonly DirectoryUserId[], by: Reasoned, stop: AbortSignal): Promise<readonly DirectoryUserId[]>;
  /** Makes up for a rewriting of the file that was not possible before; true when nothing is left to be done. */
  scrub(): Promise<boolean>;
}

/** What forgetting needs. */
export interface ForgetDeps {
  readonly store: Pick<Store, "erasures" | "evidence" | "journal">;
  readonly clock: Clock;
  readonly leaseKeeper: LeaseKeeper;
  readonly permissions: Pick<Permissions, "identify">;
}

/** Makes the use case. */
export function createForgetting(deps: ForgetDeps): Forgetting {
  const { store, leaseKeeper, permissions } = deps;
  const eraseNow = async (person: string, user: DirectoryUserId, by: Reasoned): Promise<Erased> => {
    const held = await leaseKeeper.hold();
    try {
      const { order, preview } = await prepare(deps, person, user, by.reason);
      const at = deps.clock.now();
      await store.erasures.forget(held.lease, { ...order, at, event: eventOf(order, preview, at, by) });
      return { ...preview, at };
    } finally {
      await held.release();
    }
  };
  const erase = (person: string, user: DirectoryUserId, by: Reasoned): Promise<Erased> =>
    betweenRuns(deps.clock, () => eraseNow(person, user, by));
  return {
    async look(person, reason) {
      const user = await permissions.identify(person);
      return (await prepare(deps, person, user, reason)).preview;
    },
    async forget(person, by) {
      const done = await erase(person, await permissions.identify(person), by);
      return { ...done, scrubbed: await tried(() => store.erasures.scrub()) };
    },
    async forgetAll(people, by, stop) {
      const forgotten: DirectoryUserId[] = [];
      for (const user of people) {
        if (stop.aborted) break;
        try {
          await erase(user, user, by);
          forgotten.push(user);
        } catch (error) {
          if (!(error instanceof ErasureRefusedError || error instanceof VersionConflictError)) throw error;
        }
      }
      return forgotten;
    },
    scrub: async () => !(await store.erasures.needsScrub()) || store.erasures.scrub(),
  };
}

type Erased = Omit<Forgotten, "scrubbed">;

/** Urgent runs are short: the next moment between two of them is waited for. */
async function betweenRuns<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof RunInProgressError) || attempts === ATTEMPTS) throw error;
      await clock.sleep(PAUSE_MS);
    }
  }
}

/** What is erased is erased: a lock that others hold, or a disk without room for a second copy, only puts the rest off. */
async function tried(scrub: () => Promise<boolean>): Promise<boolean> {
  try {
    return await scrub();
  } catch (error) {
    if (error instanceof BridgeError) return false;
    throw error;
  }
}

/** An order that lacks only its time, and what vouches for it. */
interface Prepared {
  readonly order: Omit<ErasureOrder, "at" | "event"> & Vouchers;
  readonly preview: ForgetPreview;
}

/** By what the audit log vouches for what is left. */
interface Vouchers {
  /** `remainsOf` the erased rows, by sequence. */
  readonly rows: readonly (readonly [sequence: number, remains: string])[];
  /** Digests of the proofs: as they are kept, and as they were written. */
  readonly proven: readonly (readonly [kept: string, written: string])[];
}

async function prepare(
  { store }: ForgetDeps,
  person: string,
  user: DirectoryUserId,
  reason: string,
): Promise<Prepared> {
  const dossier = await store.erasures.dossier(user);
  if (dossier === undefined) throw new UnknownSubjectError(`Nobody staged has the id ${user}.`);
  const journal = await store.journal.entries(user);
  refuseNeeded(person, dossier, journal);
  const texts = await ownTexts(store, dossier, personalTexts(dossier, journal));
  refuseTellingReason(reason, texts);
  const ids = dossier.lives.map((life) => life.user.id);
  const mentions = await store.erasures.mentions(texts, ids);
  const own = await store.evidence.auditOf(user);
  const rows = erasedRows([...own, ...mentions.audit]);
  await refuseBroken(store, rows);
  const proofs = await erasedProofs(store, user, own);
  const [, ...earlier] = ids;
  const order = {
    lives: dossier.lives,
    journal: eraseEntries(journal),
    proofs,
    audit: rows.map(({ row }) => row),
    texts,
    handedOver: mentions.handedOver,
    rows: rows.map(
      ({ row, before }) => [row.sequence, remainsOf({ ...before, detail: row.detail }, row.erased)] as const,
    ),
    proven: proofs.map(({ kept, written }) => [kept, written] as const),
  };
  const { mappingVersions, people } = mentions;
  const erased = { changes: journal.length, proofs: proofs.length, auditRows: rows.length };
  return { order, preview: { user, earlier, erased, stillNamed: { mappingVersions, people } } };
}

/** Texts that other people have as well stay where they are. */
async function ownTexts(
  { erasures }: Pick<Store, "erasures">,
  { namesakes }: Dossier,
  texts: readonly string[],
): Promise<readonly string[]> {
  const others = await Promise.all(namesakes.map(({ user }) => erasures.dossier(user)));
  const shared = others.flatMap((other) => (other === undefined ? [] : personalTexts(other, [])));
  const keys = new Set(shared.map((text) => text.toLowerCase()));
  return texts.filter((text) => !keys.has(text.toLowerCase()));
}

/** The reason is written into the audit log for good. */
function refuseTellingReason(reason: string, texts: readonly string[]): void {
  if (withoutTexts(reason, texts) === reason) return;
  throw new ErasureRefusedError(
    "reason",
    "The reason names the person, and is kept in the audit log: give the number of the request instead.",
  );
}

interface RowPair {
  readonly before: AuditRecord;
  readonly row: ErasedRow;
}

function erasedRows(records: readonly AuditRecord[]): readonly RowPair[] {
  const bySequence = new Map(records.map((before) => [before.sequence, before]));
  return [...bySequence.values()]
    .sort((one, other) => one.sequence - other.sequence)
    .flatMap((before) => {
      const row = before.action === FORGOTTEN ? null : eraseRow(before);
      return row === null ? [] : [{ before, row }];
    });
}

/** A row that was tampered with must not be taken for one that was erased. */
async function refuseBroken({ evidence }: Pick<Store, "evidence">, rows: readonly RowPair[]): Promise<void> {
  for (const { before } of rows) {
    const start = await evidence.auditStart();
    const previous = before.sequence - 1;
    const [last] = await evidence.auditRows({ after: previous - 1, since: null, until: null, limit: 1 });
    const place = last?.sequence === previous ? last : start?.sequence === previous ? start : null;
    const { broken } = await evidence.checkAudit(place, 1);
    if (broken === null) continue;
    throw new StoreUnavailableError(
      `Row ${before.sequence} of the audit log is not as it was written: run \`rosterbridge audit verify\` before anything is erased from it.`,
    );
  }
}

interface ProofPair {
  readonly at: Instant;
  readonly document: ReturnType<typeof eraseProof>;
  readonly kept: string;
  readonly written: string;
}

/** Proofs that say more than may stay, and are still the ones that the audit log tells of. */
async function erasedProofs(
  { evidence }: Pick<Store, "evidence">,
  user: DirectoryUserId,
  audit: readonly AuditRecord[],
): Promise<readonly ProofPair[]> {
  const told = new Set(audit.filter(({ action }) => action === PROVED).map(({ detail }) => detail["proof"]));
  return (await evidence.proofs(user)).flatMap(({ at, document: before }) => {
    const document = eraseProof(before);
    const [kept, written] = [proofDigest(document), proofDigest(before)];
    return kept === written ? [] : [{ at, document, kept, written: told.has(written) ? written : kept }];
  });
}

function eventOf(
  { lives, rows, proven }: Prepared["order"],
  { user, erased }: ForgetPreview,
  at: Instant,
  { author, reason }: Reasoned,
): AuditEvent {
  const directory = lives[0]?.user.directory ?? null;
  const proofs = Object.fromEntries(proven.filter(([kept, written]) => kept !== written));
  const detail = { directory, reason, ...erased, rows, proven: proofs };
  return { at, actor: author, action: FORGOTTEN, subject: user, detail };
}
