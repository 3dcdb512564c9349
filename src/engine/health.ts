import type { Instant } from "../domain/brand.ts";
import { BridgeError, type TenantChangedError } from "../domain/errors.ts";
import type { ChangeKind, Hold } from "../domain/plan.ts";
import { addMs, msBetween } from "../domain/instant.ts";
import type { Clock } from "../ports/ambient.ts";
import type { RunRecord } from "../ports/journal.ts";
import type { Store } from "../ports/store.ts";
import { AFFECTS_EVERYBODY, type Circuit } from "./runs/breaker.ts";
import type { ProductContact } from "./runs/product-contact.ts";
import { tokenConditions } from "./alerts/token-conditions.ts";

/** A report is to be believed for this long. */
const REPORT_TTL_MS = 60_000;
/** A leaver whom nobody has shut out for this long is a reason to wake somebody (failure-modes: offboarding). */
export const LEAVER_PATIENCE_MS = 15 * 60_000;
/** Runs that are looked back upon. */
const RUNS_BACK = 50;

/** Codes of a failed run that mean that the product cannot be reached or does not take our credentials. */
const PRODUCT_FAULTS: ReadonlySet<unknown> = new Set([...AFFECTS_EVERYBODY].map((reason) => `connector.${reason}`));
const TENANT_CHANGED: TenantChangedError["code"] = "product.tenant-changed";
/** Changes that shut somebody out. */
export const SHUTTING: readonly ChangeKind[] = ["deactivate-account", "delete-account"];
/** Holds that keep a leaver in until somebody acts, beside a protected account. The mode is what the configuration wants. */
export const KEEPS_IN: readonly Hold[] = [
  "restored",
  "over-limit",
  "observation-incomplete",
  "identity-conflict",
  "unsupported",
  "contested",
  "waits-for-held",
];

/** Where people find the leavers that are held. */
export const LISTED_BY_STATUS = "`rosterbridge status` lists them.";

/** One part of the bridge, as it was at `madeAt`; not to be believed after `expiresAt`. */
export interface ComponentReport {
  readonly component: "store" | "product" | "runs" | "leavers" | "tokens";
  readonly status: "ok" | "degraded";
  /** One sentence; names no person. */
  readonly detail: string;
  readonly madeAt: Instant;
  readonly expiresAt: Instant;
}

/** The whole: `degraded` as soon as one part is. */
export interface HealthReport {
  readonly status: "ok" | "degraded";
  readonly components: readonly ComponentReport[];
}

/** Says whether the bridge is well, and if not, why. */
export interface Health {
  report(): Promise<HealthReport>;
  /** Whether pushes can be stored; resolves to the reason when they cannot. */
  readiness(): Promise<{ readonly ready: true } | { readonly ready: false; readonly reason: string }>;
}

interface Finding {
  readonly isOk: boolean;
  readonly detail: string;
}

/** Makes the use case over the store and the memory of the product's answers. */
export function createHealth(store: Store, contact: ProductContact, clock: Clock, circuit: Circuit): Health {
  const inspect = async (
    component: ComponentReport["component"],
    look: () => Promise<Finding>,
  ): Promise<ComponentReport> => {
    const madeAt = clock.now();
    const finding = await look().catch((error: unknown) => ({ isOk: false, detail: reasonOf(error) }));
    const expiresAt = addMs(madeAt, REPORT_TTL_MS);
    return { component, status: finding.isOk ? "ok" : "degraded", detail: finding.detail, madeAt, expiresAt };
  };
  return {
    async report() {
      const components = await Promise.all([
        inspect("store", () => lookAtStore(store)),
        inspect("product", () => lookAtProduct(store, contact, circuit)),
        inspect("runs", () => lookAtRuns(store)),
        inspect("leavers", () => lookAtLeavers(store, clock.now())),
        inspect("tokens", () => lookAtTokens(store, clock.now())),
      ]);
      const isOk = components.every(({ status }) => status === "ok");
      return { status: isOk ? "ok" : "degraded", components };
    },
    async readiness() {
      try {
        await store.probe();
        return { ready: true };
      } catch (error) {
        return { ready: false, reason: reasonOf(error) };
      }
    },
  };
}

function reasonOf(error: unknown): string {
  return error instanceof BridgeError ? error.message : "An unexpected error: the log has it.";
}

async function lookAtStore(store: Store): Promise<Finding> {
  await store.probe();
  const { driver, version } = store.describe();
  const restoration = await store.restorations.standing();
  const detail = `Writable (${driver}, SQLite ${version}).`;
  if (restoration === null) return { isOk: true, detail };
  const held = `Restored from a backup at ${restoration.restoredAt}: changes are held. Look at \`rosterbridge plan\`, then \`rosterbridge resume --reason "…"\`.`;
  return { isOk: false, detail: `${detail} ${held}` };
}

async function lookAtProduct(store: Store, contact: ProductContact, circuit: Circuit): Promise<Finding> {
  const open = circuit.state();
  if (open !== null)
    return { isOk: false, detail: `${open.message}. It is tried again at ${open.retryAt} (since ${open.since}).` };
  const { fault, lastGoodAt } = await lastContact(store, contact);
  if (fault !== null) return { isOk: false, detail: `${fault.message} (since ${fault.since})` };
  return { isOk: true, detail: lastGoodAt === null ? "Not asked yet." : `Answered at ${lastGoodAt}.` };
}

/** How the product last answered, and since when it has not. */
export interface LastContact {
  readonly lastGoodAt: Instant | null;
  /** Null while the newest answer was a good one. `message` is what the connector says of it. */
  readonly fault: { readonly message: string; readonly since: Instant } | null;
}

/** From what this process has seen of the product, else from what the runs say of it. */
export async function lastContact(store: Store, contact: ProductContact): Promise<LastContact> {
  const { fault, lastGoodAt } = contact.state();
  return fault !== null || lastGoodAt !== null ? { fault, lastGoodAt } : contactInRuns(await finishedRuns(store));
}

/** What the runs of other processes say of the product; runs that broke off for other reasons say nothing of it. */
function contactInRuns(runs: readonly FinishedRun[]): LastContact {
  const telling = runs.filter((run) => metFault(run) || !(run.outcome === "failed" || run.outcome === "interrupted"));
  const [newest] = telling;
  if (newest === undefined) return { lastGoodAt: null, fault: null };
  if (!metFault(newest)) return { lastGoodAt: newest.finishedAt, fault: null };
  const lastGood = telling.findIndex((run) => !metFault(run));
  const since = telling.at(lastGood === -1 ? -1 : lastGood - 1)?.finishedAt ?? newest.finishedAt;
  const { message } = newest.report;
  const words = typeof message === "string" ? message : "The product did not answer.";
  return { lastGoodAt: null, fault: { message: words, since } };
}

/** Full runs that fail, one after the other, up to now. */
export interface FailedRuns {
  readonly since: Instant;
  /** Why the newest one did. `product`: it cannot be reached, or does not take our credentials. */
  readonly because: "product" | "tenant" | "other";
  /** What the newest one says of it. */
  readonly message: string;
}

/** Null when the newest full run did not fail, or there was none. */
export async function failedRuns(store: Store): Promise<FailedRuns | null> {
  const full = (await finishedRuns(store)).filter(({ lane }) => lane === "full");
  const lastGood = full.findIndex(({ outcome }) => outcome !== "failed");
  const failed = full.slice(0, lastGood === -1 ? undefined : lastGood);
  const [newest, oldest] = [failed[0], failed.at(-1)];
  if (newest === undefined || oldest === undefined) return null;
  const { code, message } = newest.report;
  const because = metFault(newest) ? "product" : code === TENANT_CHANGED ? "tenant" : "other";
  return { since: oldest.finishedAt, because, message: typeof message === "string" ? message : "" };
}

function metFault({ outcome, report }: RunRecord): boolean {
  return outcome === "failed" && PRODUCT_FAULTS.has(report["code"]);
}

async function lookAtRuns(store: Store): Promise<Finding> {
  const runs = await finishedRuns(store);
  const [newest] = runs;
  if (newest === undefined) return { isOk: true, detail: "No run yet." };
  const full = runs.find(({ lane }) => lane === "full");
  // A full run makes up for an urgent one that failed, not the reverse.
  const told = [newest, full].find((run) => run?.outcome === "failed") ?? full ?? newest;
  const detail = `The last ${told.lane} run ended at ${told.finishedAt}: ${told.outcome ?? "open"}.`;
  const { code, message } = told.report;
  // What only a person can put right is told at once.
  const why = told.outcome === "failed" && code === TENANT_CHANGED && typeof message === "string" ? message : null;
  return { isOk: told.outcome !== "failed", detail: why === null ? detail : `${detail} ${why}` };
}

type FinishedRun = RunRecord & { readonly finishedAt: Instant };

/** Of both lanes, the last to finish first. */
async function finishedRuns(store: Store): Promise<readonly FinishedRun[]> {
  const runs = await store.journal.runs(RUNS_BACK);
  return runs
    .filter((run): run is FinishedRun => run.finishedAt !== null)
    .sort((one, other) => msBetween(one.finishedAt, other.finishedAt));
}

async function lookAtLeavers(store: Store, now: Instant): Promise<Finding> {
  const [oldest] = await store.wakes.due(addMs(now, LEAVER_PATIENCE_MS), 1, "leaver");
  const held = await store.holds.heldPeople(SHUTTING, KEEPS_IN);
  const unshut = await store.holds.heldPeople(SHUTTING, ["protected-account"]);
  const kept = await store.holds.heldPeople(SHUTTING, ["mode"]);
  const waiting = lookAtWaiting(oldest?.since, now);
  if (held + unshut + kept === 0) return waiting;
  const words = [
    ...(oldest === undefined ? [] : [waiting.detail]),
    ...(kept === 0 ? [] : [modeWords(kept)]),
    ...(held === 0 ? [] : [`${leavers(held)} held: ${LISTED_BY_STATUS}`]),
    ...(unshut === 0 ? [] : [protectedWords(unshut)]),
  ];
  // A mode is chosen, and no fault; that people keep their access by it must be seen all the same.
  return { isOk: held + unshut === 0 && waiting.isOk, detail: words.join(" ") };
}

function modeWords(count: number): string {
  const who = count === 1 ? "1 leaver keeps" : `${count} leavers keep`;
  return `${who} their access because of \`mode\`: look at \`rosterbridge plan\`, then set \`"mode": "full"\` in the configuration.`;
}

function leavers(count: number): string {
  return count === 1 ? "1 leaver is" : `${count} leavers are`;
}

/** Whoever protects an account wants it left alone, and may not know that its owner has left. */
function protectedWords(count: number): string {
  const whose = count === 1 ? "whose account stays open: shut it" : "whose accounts stay open: shut them";
  return `${leavers(count)} protected, ${whose} in the product by hand, or change \`protected\` in the configuration.`;
}

function lookAtWaiting(since: Instant | undefined, now: Instant): Finding {
  if (since === undefined) return { isOk: true, detail: "No leaver is waiting." };
  const ageMs = msBetween(since, now);
  if (ageMs <= LEAVER_PATIENCE_MS) return { isOk: true, detail: "Leavers are being shut out." };
  const minutes = Math.floor(ageMs / 60_000);
  return { isOk: false, detail: `A leaver has waited for ${minutes} minutes to be shut out.` };
}

/** A token that is about to expire is worth a word; only one that did, in somebody's use, is a fault. */
async function lookAtTokens(store: Store, now: Instant): Promise<Finding> {
  const found = tokenConditions(await store.tokens.list(), now).toSorted((one, other) => other.stage - one.stage);
  const [worst] = found;
  if (worst === undefined) return { isOk: true, detail: "None expires soon." };
  const isOk = found.every(({ counts }) => counts["daysLeft"] !== 0);
  const others = found.length === 1 ? "" : ` ${found.length - 1} more: \`rosterbridge token list\`.`;
  return { isOk, detail: `${worst.title}.${others}` };
}
