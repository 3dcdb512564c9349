import {
  BridgeError,
  ConnectorError,
  LeaseLostError,
  PlanChangedError,
  RunInProgressError,
} from "../../src/domain/errors.ts";
import type { DirectoryUserId } from "../../src/domain/directory.ts";
import type { PersonChange } from "../../src/domain/plan.ts";
import type { RunReport } from "../../src/engine/runs/run-report.ts";
import { NEVER } from "../support/bridge.ts";
import { Killed } from "../support/mortal.ts";
import type { Lane } from "./write-oracle.ts";
import type { BridgeProcess } from "./process.ts";
import type { World } from "./world.ts";

/** How a run is to go. */
export interface RunOrder {
  readonly lane: Lane;
  readonly people?: readonly string[];
  /** Somebody has looked: there are so many accounts. */
  readonly acceptAccounts?: number;
  /** The process is killed at this step of the run, counted from 1; null: it is not. */
  readonly killAt: number | null;
  readonly meanwhile: Meanwhile | null;
}

/** Something that happens in the middle of a run. False: the process did not survive it. */
export interface Meanwhile {
  /** At its so-manyeth request, or at its so-manyeth write. */
  readonly at: number;
  readonly of: "requests" | "writes";
  readonly happens: () => Promise<boolean>;
}

/** A run in whose middle nothing happens. */
export const UNDISTURBED = { killAt: null, meanwhile: null } as const;

/** How a run ended. `died`: its process was killed. */
export interface RunEnd {
  readonly report: RunReport | null;
  readonly died: boolean;
  /** What it gave up for, of those things that may happen while there are faults. */
  readonly fault: string | null;
}

/** What may end a run in a world full of faults. Everything else is a fault of the bridge. */
const EXPECTED = [ConnectorError, LeaseLostError, PlanChangedError, RunInProgressError];

/** Runs, and says how it ended. */
export async function tryRun(
  world: World,
  process: BridgeProcess,
  order: Pick<RunOrder, "lane" | "people" | "acceptAccounts">,
): Promise<RunEnd> {
  const { reconciler } = process.services;
  const { lane, people, acceptAccounts } = order;
  try {
    if (lane === "dry") {
      await reconciler.plan({ of: "everybody" }, NEVER, async (plan) => Array.fromAsync(plan.people()));
      return { report: null, died: false, fault: null };
    }
    const report = await reconciler.run({
      lane,
      trigger: lane === "full" ? "schedule" : "push",
      stop: NEVER,
      ...(people === undefined ? {} : { people: people.map((id) => id as DirectoryUserId) }),
      ...(acceptAccounts === undefined ? {} : { acceptAccounts }),
    });
    return { report, died: false, fault: null };
  } catch (error) {
    if (error instanceof Killed || !process.isAlive()) return { report: null, died: true, fault: null };
    if (EXPECTED.some((kind) => error instanceof kind)) return { report: null, died: false, fault: nameOf(error) };
    world.broken(
      "run",
      `a ${lane} run threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return { report: null, died: false, fault: "unexpected" };
  }
}

function nameOf(error: unknown): string {
  return error instanceof BridgeError ? `${error.code}: ${error.message}` : String(error);
}

/** A plan that was looked at. */
export interface SeenPlan {
  readonly digest: string;
  readonly overLimit: readonly { readonly user: string; readonly change: PersonChange }[];
  /** How many accounts were listed, if they are too few to be believed; null: they are believed, or the list is broken. */
  readonly tooFew: number | null;
}

/** Looks at the plan for everybody, and throws as the reconciler does. */
export function lookAtPlan({ services }: BridgeProcess): Promise<SeenPlan> {
  return services.reconciler.plan({ of: "everybody" }, NEVER, async (plan) => {
    const overLimit: { readonly user: string; readonly change: PersonChange }[] = [];
    for await (const { user, held } of plan.people()) {
      for (const { change, hold } of held) if (hold === "over-limit") overLimit.push({ user, change });
    }
    const { observation } = plan.summary.basis;
    const isShort = !observation.complete && observation.reason === "too-few";
    return { digest: plan.summary.digest, overLimit, tooFew: isShort ? observation.accounts : null };
  });
}
