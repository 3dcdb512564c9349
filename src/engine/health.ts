import type { Instant } from "../domain/brand.ts";
import { BridgeError } from "../domain/errors.ts";
import type { ChangeKind, Hold } from "../domain/plan.ts";
import { addMs, msBetween } from "../domain/instant.ts";
import type { Clock } from "../ports/ambient.ts";
import type { RunRecord } from "../ports/journal.ts";
import type { Store } from "../ports/store.ts";
import { AFFECTS_EVERYBODY } from "./breaker.ts";
import type { ProductContact } from "./product-contact.ts";

/** A report is to be believed for this long. */
const REPORT_TTL_MS = 60_000;
/** A leaver whom nobody has shut out for this long is a reason to wake somebody (failure-modes: offboarding). */
const LEAVER_PATIENCE_MS = 15 * 60_000;
/** Runs that are looked back upon. */
const RUNS_BACK = 50;

/** Codes of a failed run that mean that the product cannot be reached or does not take our credentials. */
const PRODUCT_FAULTS: ReadonlySet<unknown> = new Set([...AFFECTS_EVERYBODY].map((reason) => `connector.${reason}`));
const SHUTTING: readonly ChangeKind[] = ["deactivate-account", "delete-account"];
/** Holds that keep a leaver in until somebody acts. Protected accounts and the mode are what the configuration wants. */
const KEEPS_IN: readonly Hold[] = ["over-limit", "observation-incomplete", "unsupported", "waits-for-held"];

/** One part of the bridge, as it was at `madeAt`; not to be believed after `expiresAt`. */
export interface ComponentReport {
  readonly component: "store" | "product" | "runs" | "leavers";
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
export function createHealth(store: Store, contact: ProductContact, clock: Clock): Health {
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
        inspect("product", () => lookAtProduct(store, contact)),
        inspect("runs", () => lookAtRuns(store)),
        inspect("leavers", () => lookAtLeavers(store, clock.now())),
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
  return { isOk: true, detail: `Writable (${driver}, SQLite ${version}).` };
}

async function lookAtProduct(store: Store, contact: ProductContact): Promise<Finding> {
  const { fault, lastGoodAt } = contact.state();
  if (fault !== null) return { isOk: false, detail: `${fault.message} (since ${fault.since})` };
  if (lastGoodAt !== null) return { isOk: true, detail: `Answered at ${lastGoodAt}.` };
  return productInRuns(await finishedRuns(store));
}

/** What the runs of other processes say of the product; runs that broke off for other reasons say nothing of it. */
function productInRuns(runs: readonly FinishedRun[]): Finding {
  const telling = runs.filter((run) => metFault(run) || !(run.outcome === "failed" || run.outcome === "interrupted"));
  const [newest] = telling;
  if (newest === undefined) return { isOk: true, detail: "Not asked yet." };
  if (!metFault(newest)) return { isOk: true, detail: `Answered at ${newest.finishedAt}.` };
  const lastGood = telling.findIndex((run) => !metFault(run));
  const since = telling.at(lastGood === -1 ? -1 : lastGood - 1)?.finishedAt ?? newest.finishedAt;
  const { message } = newest.report;
  const words = typeof message === "string" ? message : "The product did not answer.";
  return { isOk: false, detail: `${words} (since ${since})` };
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
  const detail = `The last ${told.lane} run ended ${told.outcome ?? "open"} at ${told.finishedAt}.`;
  return { isOk: told.outcome !== "failed", detail };
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
  const waiting = lookAtWaiting(oldest?.since, now);
  if (held === 0) return waiting;
  const words = `${held === 1 ? "1 leaver is" : `${held} leavers are`} held: \`rosterbridge status\` lists them.`;
  return { isOk: false, detail: oldest === undefined ? words : `${waiting.detail} ${words}` };
}

function lookAtWaiting(since: Instant | undefined, now: Instant): Finding {
  if (since === undefined) return { isOk: true, detail: "No leaver is waiting." };
  const ageMs = msBetween(since, now);
  if (ageMs <= LEAVER_PATIENCE_MS) return { isOk: true, detail: "Leavers are being shut out." };
  const minutes = Math.floor(ageMs / 60_000);
  return { isOk: false, detail: `A leaver has waited for ${minutes} minutes to be shut out.` };
}
