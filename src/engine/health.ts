import type { Instant } from "../domain/brand.ts";
import { BridgeError } from "../domain/errors.ts";
import { addMs, msBetween } from "../domain/instant.ts";
import type { Clock } from "../ports/ambient.ts";
import type { Store } from "../ports/store.ts";
import type { ProductContact } from "./product-contact.ts";

/** A report is to be believed for this long. */
const REPORT_TTL_MS = 60_000;
/** A leaver whom nobody has shut out for this long is a reason to wake somebody (failure-modes: offboarding). */
const LEAVER_PATIENCE_MS = 15 * 60_000;
/** Runs that are looked back upon for the last full one. */
const RUNS_BACK = 50;

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
        inspect("product", () => Promise.resolve(lookAtProduct(contact))),
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

function lookAtProduct(contact: ProductContact): Finding {
  const { fault, lastGoodAt } = contact.state();
  if (fault !== null) return { isOk: false, detail: `${fault.message} Since ${fault.since}.` };
  return { isOk: true, detail: lastGoodAt === null ? "Not asked yet." : `Answered at ${lastGoodAt}.` };
}

async function lookAtRuns(store: Store): Promise<Finding> {
  const last = (await store.journal.runs(RUNS_BACK)).find(
    ({ lane, finishedAt }) => lane === "full" && finishedAt !== null,
  );
  if (last === undefined) return { isOk: true, detail: "No full run yet." };
  const isOk = last.outcome !== "failed";
  return { isOk, detail: `The last full run ended ${last.outcome ?? "open"} at ${last.finishedAt ?? last.startedAt}.` };
}

async function lookAtLeavers(store: Store, now: Instant): Promise<Finding> {
  const [oldest] = (await store.wakes.due(addMs(now, LEAVER_PATIENCE_MS), 1)).filter(
    ({ reason }) => reason === "leaver",
  );
  const { total } = await store.holds.held(1);
  const held = total === 0 ? "" : ` ${total} changes are held: \`rosterbridge status\` lists them.`;
  if (oldest === undefined) return { isOk: true, detail: `No leaver is waiting.${held}` };
  const ageMs = msBetween(oldest.since, now);
  if (ageMs <= LEAVER_PATIENCE_MS) return { isOk: true, detail: `Leavers are being shut out.${held}` };
  const minutes = Math.floor(ageMs / 60_000);
  return { isOk: false, detail: `A leaver has waited for ${minutes} minutes to be shut out.${held}` };
}
