import { fork } from "node:child_process";
import { join } from "node:path";
import { addCoverage, createCoverage, type Coverage } from "./coverage.ts";

/** What a worker tells of one seed. */
export interface SeedMessage {
  readonly seed: number;
  readonly broken: readonly string[];
  readonly coverage: {
    readonly faults: readonly string[];
    readonly kills: readonly string[];
    readonly steps: readonly string[];
  };
}

/** A seed whose history broke an invariant. */
export interface Failure {
  readonly seed: number;
  readonly broken: readonly string[];
}

/** What came of many seeds. */
export interface BatchResult {
  readonly done: number;
  readonly failures: readonly Failure[];
  readonly coverage: Coverage;
}

/** Which seeds, where, and who hears of each. */
export interface Batch {
  readonly from: number;
  readonly seeds: number;
  readonly jobs: number;
  readonly plant: string;
  readonly product: string;
  onSeed(message: SeedMessage, done: number, failed: number): void;
}

/** Plays seeds in processes of their own, each taking the next seed that nobody has. Rejects when a worker dies. */
export async function playBatch(batch: Batch): Promise<BatchResult> {
  const coverage = createCoverage();
  const failures: Failure[] = [];
  let done = 0;
  let next = batch.from;
  const end = batch.from + batch.seeds;

  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = fork(join(import.meta.dirname, "worker.ts"), [batch.plant, batch.product]);
      const give = (): void => void worker.send(next < end ? { seed: next++ } : { seed: null });
      worker.on("message", (message: SeedMessage | "ready") => {
        if (message !== "ready") {
          done += 1;
          const { faults, kills, steps } = message.coverage;
          addCoverage(coverage, { faults: new Set(faults), kills: new Set(kills), steps: new Set(steps) });
          if (message.broken.length > 0) failures.push({ seed: message.seed, broken: message.broken });
          batch.onSeed(message, done, failures.length);
        }
        give();
      });
      worker.on("error", reject);
      worker.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with code ${code}`))));
    });
  await Promise.all(Array.from({ length: Math.min(batch.jobs, batch.seeds) }, work));
  return { done, failures: failures.toSorted((one, other) => one.seed - other.seed), coverage };
}
