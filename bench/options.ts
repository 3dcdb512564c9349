import { parseArgs } from "node:util";
import { UsageError } from "../src/domain/errors.ts";

/** The measurements, in the order in which they are made. */
export const SUITES = [
  "idp-load",
  "full-run",
  "mapping-preview",
  "push-lane",
  "leavers",
  "rate-limit",
  "start-stop",
] as const;
export type SuiteName = (typeof SUITES)[number];

/** How much is measured. Sizes count people. */
export interface Options {
  readonly suites: readonly SuiteName[];
  /** People staged before the load of an IdP begins. */
  readonly staged: number;
  /** Companies over which full runs are made. */
  readonly fullRuns: readonly number[];
  /** Companies in which one person is changed. */
  readonly pushLane: readonly number[];
  /** Changes made one after the other in each of them. */
  readonly changes: number;
  readonly leavers: number;
  /** New people whose accounts are being made while others leave. */
  readonly queued: number;
  /** What the product allows while its limit is used; requests a minute. */
  readonly perMinute: number;
  /** For how long there is work waiting for it; milliseconds. */
  readonly limitMs: number;
  /** How long each kind of request is sent, after a warm-up of a quarter of it; milliseconds. */
  readonly loadMs: number;
  /** How often a run, a start and a stop are repeated; the median is shown. */
  readonly rounds: number;
  readonly json: boolean;
  /** Where the processes that are measured leave their CPU profiles; null: they make none. */
  readonly profileTo: string | null;
}

/** What `--help` prints. */
export const HELP = `node bench/run.ts [options]

  --quick            small companies and short loads, for a first look: under a minute on an idle machine
  --full             a full run over 1,000,000 people, too
  --only NAME        one measurement (may be repeated): ${SUITES.join(", ")}
  --json             figures as JSON instead of the table
  --profile FOLDER   CPU profiles of what is measured (read them with bench/hot-spots.ts); they cost some speed`;

const DEFAULTS = {
  staged: 100_000,
  fullRuns: [10_000, 100_000],
  pushLane: [1_000, 10_000, 100_000],
  changes: 100,
  leavers: 50,
  queued: 10_000,
  perMinute: 600,
  limitMs: 66_000,
  loadMs: 4_000,
  rounds: 3,
};
const QUICK = {
  staged: 2_000,
  fullRuns: [2_000, 10_000],
  pushLane: [1_000, 10_000],
  changes: 20,
  leavers: 10,
  queued: 400,
  perMinute: 600,
  limitMs: 5_000,
  loadMs: 500,
  rounds: 2,
};
const FULL = { fullRuns: [10_000, 100_000, 1_000_000] };

/** Reads the arguments; null when help is asked for. Throws UsageError for what is no option. */
export function parseOptions(args: readonly string[]): Options | null {
  const values = parse(args);
  if (values.help) return null;
  const unknown = values.only.find((name) => !SUITES.some((suite) => suite === name));
  if (unknown !== undefined) throw new UsageError(`--only ${unknown}: there are ${SUITES.join(", ")}.`);
  return {
    ...DEFAULTS,
    ...(values.quick ? QUICK : {}),
    ...(values.full ? FULL : {}),
    suites: SUITES.filter((suite) => values.only.length === 0 || values.only.includes(suite)),
    json: values.json,
    profileTo: values.profile ?? null,
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: "boolean", default: false },
        full: { type: "boolean", default: false },
        only: { type: "string", multiple: true, default: [] },
        json: { type: "boolean", default: false },
        profile: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message, { cause: error }) : error;
  }
}
