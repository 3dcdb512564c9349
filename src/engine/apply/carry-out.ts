import type { AccountId, AccountLink, DriftField, ProductGroupId } from "../../domain/account.ts";
import type { DirectoryUserId } from "../../domain/directory.ts";
import { ConnectorError, LinkConflictError } from "../../domain/errors.ts";
import type { Change, LimitName, PersonChange } from "../../domain/plan.ts";
import { changeKey, groupChangeKey, limitOf } from "../../planning/change-key.ts";
import type { Ambient } from "../../ports/ambient.ts";
import type { Applied, ApplyContext, Connector } from "../../ports/connector.ts";
import type { Journal, JournalEntry } from "../../ports/journal.ts";
import type { Lease } from "../../ports/leases.ts";
import type { Budget } from "../limits/budget.ts";
import { CALL_BACK_OFF, delayAfter } from "../runs/back-off.ts";
import type { Crossing } from "./crossing.ts";
import type { Elapsed } from "../limits/elapsed.ts";
import { fieldsPutBack, nextLink } from "./next-link.ts";

/** Attempts at one change within one run, and the longest pause that a product may impose before we leave it to a later run. */
const ATTEMPTS = 4;
const LONGEST_WAIT_MS = 10_000;

/** What one run shares among all changes it carries out. */
export interface ApplyRun {
  readonly budget: Pick<Budget, "isLifted">;
  readonly id: string;
  readonly lease: Lease;
  readonly connector: Connector;
  readonly journal: Journal;
  readonly ambient: Ambient;
  readonly elapsed: Elapsed;
  readonly guestReason: string;
  /** Aborted when nothing may be sent any more: the lease is lost, or a stop was asked for and its grace is over. */
  readonly signal: AbortSignal;
  /** Aborted when the process is asked to stop: then nothing new is begun. */
  readonly stop: AbortSignal;
  /** Where this run lets in those who are more urgent. */
  readonly crossing: Crossing;
  /** Groups by name, those of the observation and those created since. */
  readonly groups: Map<string, ProductGroupId>;
}

/**
 * What became of one change. `isOpen`: it may have taken effect all the same. `gaveWay`: it certainly has not, and nothing is
 * wrong with it: it waited for the product when somebody more urgent came, and is to be tried again once they have gone.
 */
export type ChangeOutcome =
  | { readonly effect: Applied["effect"]; readonly applied: Applied }
  | { readonly effect: "failed"; readonly error: ConnectorError; readonly isOpen: boolean; readonly gaveWay?: boolean };

/** Whom a change is made for, and what has come of the changes before it. */
export interface Subject {
  readonly user: DirectoryUserId;
  /** The link as it stands now; null before the first create. */
  link: AccountLink | null;
  /** What was put back in this run though it had been given before: counted once, however many changes it takes. */
  readonly putBack: Set<DriftField>;
  /** True when an earlier attempt at this person's create may have taken effect. */
  readonly mayExist: boolean;
}

/**
 * Carries out one change: the intent is durable before the call, the outcome and the link after it. An adoption needs
 * no call. Failures that concern everybody (credentials, an unreachable product) are returned like the others.
 * Throws LeaseLostError when another applier has taken over, and whatever the store throws.
 */
export async function carryOut(run: ApplyRun, subject: Subject | null, change: Change): Promise<ChangeOutcome> {
  const { journal, ambient } = run;
  const key = keyOf(subject, change);
  const entry: JournalEntry = {
    id: ambient.newId(),
    run: run.id,
    user: subject?.user ?? null,
    key,
    change,
    limit: countedUnder(run, subject, change, key),
    state: "intent",
    intendedAt: ambient.clock.now(),
    settledAt: null,
    elapsedMs: run.elapsed.now(),
    error: null,
  };
  await journal.intend(run.lease, entry);
  const outcome = await attempt(run, subject, change, entry.key);
  const settledAt = ambient.clock.now();
  if (outcome.effect === "failed") return settleFailed(run, { ...entry, settledAt }, outcome);
  const isPersonal = subject !== null && change.kind !== "create-group";
  const link = isPersonal ? nextLink(subject, change, outcome.applied, settledAt) : null;
  try {
    await journal.settle(run.lease, { ...entry, state: outcome.effect, settledAt }, link === null ? {} : { link });
  } catch (cause) {
    if (!(cause instanceof LinkConflictError)) throw cause;
    const error = new ConnectorError("conflict", cause.message, { cause });
    return settleFailed(run, { ...entry, settledAt }, { effect: "failed", error, isOpen: true });
  }
  ambient.metrics.changeSettled(change.kind, outcome.effect);
  if (isPersonal) remember(subject, change, link);
  if (change.kind === "create-group" && outcome.applied.group !== undefined)
    run.groups.set(change.name, outcome.applied.group);
  return outcome;
}

/** What somebody has looked at and let through uses up nothing of what may be done unseen. */
function countedUnder({ budget }: ApplyRun, subject: Subject | null, change: Change, key: string): LimitName | null {
  return subject !== null && budget.isLifted(subject.user, key) ? null : limitOf(change);
}

function remember(subject: Subject, change: PersonChange, link: AccountLink | null): void {
  for (const field of fieldsPutBack(subject.link, change)) subject.putBack.add(field);
  if (link !== null) subject.link = link;
}

/** What may have happened stays counted and is looked for before it is tried again: it did not fail for certain. */
async function settleFailed(
  { journal, lease, ambient }: ApplyRun,
  entry: JournalEntry,
  outcome: ChangeOutcome & { readonly effect: "failed" },
): Promise<ChangeOutcome> {
  const error = `${outcome.error.code}: ${outcome.error.message}`;
  const state = outcome.isOpen ? "unknown" : "failed";
  await journal.settle(lease, { ...entry, state, error }, {});
  ambient.metrics.changeSettled(entry.change.kind, outcome.gaveWay === true ? "gave-way" : state);
  return outcome;
}

function keyOf(subject: Subject | null, change: Change): string {
  if (change.kind === "create-group") return groupChangeKey(change);
  if (subject === null) throw new TypeError(`A ${change.kind} is made for somebody.`);
  return changeKey(subject.user, change);
}

/** Repeats what may be repeated, with short pauses; after an unknown outcome the connector reads before it writes. */
async function attempt(run: ApplyRun, subject: Subject | null, change: Change, key: string): Promise<ChangeOutcome> {
  if (change.kind === "adopt-account") return { effect: "changed", applied: { effect: "changed" } };
  const wish = run.crossing.wish();
  const wait = AbortSignal.any([run.signal, run.stop, wish]);
  let isOpen = false;
  for (let attempts = 1; ; attempts += 1) {
    try {
      const applied = await run.connector.apply(change, contextOf(run, subject, change, { key, isOpen }));
      return { effect: effectOf(applied, isOpen), applied };
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      isOpen ||= error.reason === "unavailable";
      const waitMs = delayAfter(attempts, CALL_BACK_OFF, run.ambient.random(), error.retryAfterMs);
      if (!isOpen && isOnlyAsked(run, wish, error)) return { effect: "failed", error, isOpen, gaveWay: true };
      const isLast = attempts >= ATTEMPTS || waitMs > LONGEST_WAIT_MS || wait.aborted;
      if (!error.retryable || isLast) return { effect: "failed", error, isOpen };
      await run.ambient.clock.sleep(waitMs, wait);
    }
  }
}

/** What an attempt without an answer has brought about was our doing, though the next one finds it already so. */
function effectOf({ effect }: Applied, isOpen: boolean): Applied["effect"] {
  return isOpen ? "changed" : effect;
}

/** True when somebody more urgent waits, and nothing else ends this run: the change only had to wait for the product. */
function isOnlyAsked({ signal, stop }: ApplyRun, wish: AbortSignal, { reason }: ConnectorError): boolean {
  return reason === "rate-limited" && wish.aborted && !signal.aborted && !stop.aborted;
}

function contextOf(
  run: ApplyRun,
  subject: Subject | null,
  change: Change,
  { key, isOpen }: { readonly key: string; readonly isOpen: boolean },
): ApplyContext {
  return {
    signal: run.signal,
    urgent: change.cause === "leaver",
    patience: AbortSignal.any([run.stop, run.crossing.wish()]),
    idempotencyKey: key,
    guestReason: run.guestReason,
    mayHaveHappened: isOpen || subject?.mayExist === true,
    account(ref) {
      const id: AccountId | undefined = ref.by === "id" ? ref.id : subject?.link?.account;
      if (id === undefined) throw new ConnectorError("missing", "The account does not exist yet.");
      return id;
    },
    group(ref) {
      const id = ref.by === "id" ? ref.id : run.groups.get(ref.name);
      if (id === undefined) throw new ConnectorError("missing", "The group does not exist yet.");
      return id;
    },
  };
}
