import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { openStore } from "../../src/store/open-store.ts";
import { anAmbient, type LogLine } from "../support/bridge.ts";
import { createChance } from "./chance.ts";
import { settleProduct } from "./company-setup.ts";
import { createCoverage, type Coverage } from "./coverage.ts";
import { createDirectoryModel } from "./directory-model.ts";
import { settle } from "./ending.ts";
import { playHistory } from "./history.ts";
import { NOTHING_PLANTED, type Plant } from "./plant.ts";
import type { ProductKind } from "./product.ts";
import { drawScenario } from "./scenario.ts";
import { SANDBOX } from "./sandbox-product.ts";
import { openStage } from "./stage.ts";
import type { Switchboard } from "./switchboard.ts";
import { createWorldClock } from "./world-clock.ts";
import type { World } from "./world.ts";

/** A history is given up when it takes longer than this in real time. */
const PATIENCE_MS = 60_000;

/** What came of one seed. */
export interface SeedResult {
  readonly seed: number;
  /** What was broken, in the order of its discovery; empty when all is well. */
  readonly broken: readonly string[];
  /** What happened, a line each. */
  readonly history: readonly string[];
  readonly coverage: Coverage;
}

/** Where histories are played: one folder and one server for all of a worker. */
export interface Theatre {
  readonly folder: string;
  /** A database file with its schema, to be copied. */
  readonly emptyStore: string;
  readonly switchboard: Switchboard;
}

/** Plays the history of one seed from its beginning to its end. Never rejects: what goes wrong is in the result. */
export async function simulate(
  theatre: Theatre,
  seed: number,
  plant: Plant = NOTHING_PLANTED,
  kind: ProductKind = SANDBOX,
): Promise<SeedResult> {
  const broken: string[] = [];
  const history: string[] = [];
  const coverage = createCoverage();
  const result: SeedResult = { seed, broken, history, coverage };
  const played = play(
    theatre,
    { plant, kind },
    {
      seed,
      coverage,
      tell: (line) => void history.push(line),
      broken(invariant, what) {
        broken.push(`${invariant}: ${what}`);
        history.push(`BROKEN ${invariant}: ${what}`);
      },
    },
  ).catch((error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    broken.push(`simulation: ${text}`);
  });
  const timer = Promise.withResolvers<void>();
  const timeout = setTimeout(() => {
    broken.push(`hung: it did not end within ${PATIENCE_MS / 1_000} s`);
    timer.resolve();
  }, PATIENCE_MS);
  await Promise.race([played, timer.promise]);
  clearTimeout(timeout);
  return result;
}

type Teller = Pick<World, "seed" | "coverage" | "tell" | "broken">;

async function play(
  { folder, emptyStore, switchboard }: Theatre,
  { plant, kind }: { readonly plant: Plant; readonly kind: ProductKind },
  teller: Teller,
): Promise<void> {
  const own = await mkdtemp(join(folder, `seed-${teller.seed}-`));
  const filename = join(own, "bridge.db");
  await copyFile(emptyStore, filename);
  const chance = createChance(teller.seed);
  const drawn = { ...drawScenario(chance.fork("scenario")), ...plant.scenario };
  const clock = createWorldClock();
  const log: LogLine[] = [];
  const quiet = anAmbient(clock.forProcess(() => false));
  const onWrite: { hook: Parameters<typeof openStage>[0]["onWrite"]["hook"] } = { hook: () => undefined };
  const product = kind.make({ clock, seats: drawn.seats, onWrite: (phase, call) => onWrite.hook(phase, call) });
  const scenario = product.fit(drawn);
  const observer = await openStore({ filename, ambient: quiet });
  const world: World = {
    ...teller,
    chance,
    scenario,
    clock,
    product,
    observer,
    directory: createDirectoryModel(),
    edits: new Map(),
    log,
  };
  world.tell(`scenario ${JSON.stringify(scenario)}`);
  settleProduct(world, chance.fork("company"));
  const newId = counter((count) => `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`);
  // The first process shares its connections with the oracle, which sees what is committed and nothing else.
  const spare = [observer];
  const open = async () => spare.pop() ?? openStore({ filename, ambient: quiet });
  const stage = await openStage({ world, switchboard, plant, newId, openStore: open, onWrite });
  try {
    await playHistory(stage);
    await settle(stage);
  } finally {
    await stage.close();
    await rm(own, { recursive: true, force: true });
  }
}

function counter(show: (count: number) => string): () => string {
  let count = 0;
  return () => show((count += 1));
}
