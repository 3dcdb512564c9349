import type { Seat } from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import type { DirectoryId } from "../../domain/directory.ts";
import { addMs } from "../../domain/instant.ts";
import type { Hold } from "../../domain/plan.ts";
import type { Clock } from "../../ports/ambient.ts";
import type { Store } from "../../ports/store.ts";
import type { Failure } from "../../ports/wakes.ts";
import { withApprovable } from "../../planning/hold-words.ts";
import { approvableDigest } from "../limits/approvable.ts";
import { failedRuns, lastContact, LEAVER_PATIENCE_MS, SHUTTING, type FailedRuns, type LastContact } from "../health.ts";
import type { Circuit } from "../runs/breaker.ts";
import type { ProductContact } from "../runs/product-contact.ts";
import type { TokenFacts } from "./token-conditions.ts";

/** Held changes whose sentences are read, to say which limits are behind them. */
const HELD_READ = 1_000;

/** What conditions follow from, at one moment. */
export interface AlertFacts {
  readonly now: Instant;
  /** People with something held, by reason. */
  readonly held: ReadonlyMap<Hold, number>;
  /** Of those, people who have left and whose account stays open until somebody acts. */
  readonly leavers: HeldLeavers;
  /** The sentences of what is held over a limit; they name people. */
  readonly overLimit: readonly string[];
  /** People who wait for a seat. */
  readonly waiting: ReadonlyMap<Seat, number>;
  readonly failures: readonly Pick<Failure, "attempts" | "code">[];
  readonly productFault: LastContact["fault"];
  readonly failedRuns: FailedRuns | null;
  /** Since when the leaver waits who has waited longest. */
  readonly oldestLeaver: Instant | null;
  readonly directories: readonly DirectoryId[];
  /** The different times after which a silent directory is of interest; milliseconds. */
  readonly silences: readonly number[];
  /** Revoked ones too. */
  readonly tokens: readonly TokenFacts[];
}

/** Leavers whose account is not shut. A listing that cannot be trusted keeps people in, too: that is told by itself. */
export interface HeldLeavers {
  readonly people: number;
  /** By the reason for which their account is not shut. */
  readonly by: ReadonlyMap<Hold, number>;
  /** By every reason for which something of theirs is held. */
  readonly held: ReadonlyMap<Hold, number>;
}

/** Where the facts come from. */
export interface FactSources {
  readonly store: Store;
  readonly contact: ProductContact;
  readonly circuit: Circuit;
  readonly clock: Clock;
  readonly directories: readonly DirectoryId[];
  readonly silences: readonly number[];
}

/** Gathers them from the store; asks the product nothing, and its cost does not grow with the directory. */
export async function gatherFacts({
  store,
  contact,
  circuit,
  clock,
  directories,
  silences,
}: FactSources): Promise<AlertFacts> {
  const now = clock.now();
  const [held, waiting, failures, { fault }, failed, [oldest], tokens] = await Promise.all([
    store.holds.heldByReason(),
    store.holds.waiting(),
    store.wakes.failures(),
    lastContact(store, contact),
    failedRuns(store),
    // With those whose next attempt is a while off: they wait all the same.
    store.wakes.due(addMs(now, LEAVER_PATIENCE_MS), 1, "leaver"),
    store.tokens.list(),
  ]);
  return {
    now,
    held,
    leavers: await leaversHeld(store, held),
    overLimit: await overLimitWords(store, held),
    waiting: countBy(waiting.map(({ seat }) => seat)),
    failures,
    // A product that answers reads, and fails whatever is written, has its fault in the circuit only.
    productFault: circuit.state() ?? fault,
    failedRuns: failed,
    oldestLeaver: oldest?.since ?? null,
    directories,
    silences,
    tokens,
  };
}

const KEEPS_OPEN: readonly Hold[] = [
  "restored",
  "over-limit",
  "identity-conflict",
  "contested",
  "protected-account",
  "unsupported",
  "waits-for-held",
];

async function leaversHeld({ holds }: Store, held: ReadonlyMap<Hold, number>): Promise<HeldLeavers> {
  const reasons = KEEPS_OPEN.filter((reason) => held.has(reason));
  if (reasons.length === 0) return { people: 0, by: new Map(), held: new Map() };
  const [people, theirs, ...counts] = await Promise.all([
    holds.heldPeople(SHUTTING, reasons),
    holds.heldByReason({ kinds: SHUTTING, reasons }),
    ...reasons.map((reason) => holds.heldPeople(SHUTTING, [reason])),
  ]);
  return { people, by: new Map(reasons.map((reason, index) => [reason, counts[index] ?? 0])), held: theirs };
}

async function overLimitWords(store: Store, held: ReadonlyMap<Hold, number>): Promise<readonly string[]> {
  if (!held.has("over-limit")) return [];
  const { items } = await store.holds.held(HELD_READ);
  const digest = await approvableDigest(store);
  return items.filter(({ hold }) => hold === "over-limit").map(({ detail }) => withApprovable(detail, digest));
}

/** How often each value occurs. */
export function countBy<T>(values: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
