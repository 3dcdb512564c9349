import { get, Agent } from "node:http";
import type { Plan } from "../src/domain/plan.ts";
import { openBridgeOf } from "./bridge-process.ts";
import { answerParent, childInput } from "./children.ts";
import { PRODUCT_TOKEN } from "./people.ts";
import { ownCpuMs } from "./process-stat.ts";
import { plainKnex } from "./store-floor.ts";

// One way to go through a whole company, in a process of its own, so that its memory is its own.

/** What a process is to do, and where. */
export interface FullRunInput {
  readonly way: "floor" | "dry run" | "in sync";
  readonly configFile: string;
  readonly storeFile: string;
  readonly productUrl: string;
  readonly rounds: number;
}
/** What came of it. */
export interface FullRunResult {
  /** Of each round, the first one cold. */
  readonly ms: readonly number[];
  /** On a core, all threads, of each round. */
  readonly cpuMs: readonly number[];
  /** Most memory that the process ever had. */
  readonly peakBytes: number;
  /** Memory before the first round. */
  readonly startBytes: number;
}

const ROWS = 1_000;

async function viaFloor({ productUrl, storeFile, rounds }: FullRunInput): Promise<FullRunResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const db = plainKnex(storeFile, 1);
  const result = await repeat(rounds, async () => {
    for (const list of ["groups", "seats", "members"]) await readList(agent, `${productUrl}/v1/${list}`);
    // In the order in which the table lies on disk: no plain read is cheaper.
    let after = 0;
    while (true) {
      const rows = await db("users")
        .leftJoin("links", "links.user_id", "users.id")
        .where("users.key", ">", after)
        .orderBy("users.key")
        .limit(ROWS)
        .select<{ key: number }[]>("users.*", "links.*");
      if (rows.length < ROWS) break;
      after = rows.at(-1)?.key ?? 0;
    }
  });
  agent.destroy();
  await db.destroy();
  return result;
}

async function readList(agent: Agent, url: string): Promise<void> {
  let cursor: string | null = null;
  do {
    const query: string = `?limit=500${cursor === null ? "" : `&cursor=${cursor}`}`;
    const page = JSON.parse(await fetchText(agent, url + query)) as { nextCursor?: string | null };
    cursor = page.nextCursor ?? null;
  } while (cursor !== null);
}

function fetchText(agent: Agent, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { authorization: `Bearer ${PRODUCT_TOKEN}` } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve(Buffer.concat(chunks).toString()));
    }).on("error", reject);
  });
}

async function viaBridge({ way, configFile, rounds }: FullRunInput): Promise<FullRunResult> {
  const bridge = await openBridgeOf(configFile);
  const { reconciler } = bridge.services;
  const stop = new AbortController().signal;
  const result = await repeat(rounds, async () => {
    if (way === "dry run") return reconciler.plan({ of: "everybody" }, stop, refuseChanges);
    const report = await reconciler.run({ lane: "full", trigger: "cli", stop });
    if (report?.outcome !== "done") throw new Error(`The run ended as ${String(report?.outcome)}.`);
    return refuseChanges({ summary: report.summary });
  });
  await bridge.close();
  return result;
}

/** A company in sync has no changes: else something else was measured. */
async function refuseChanges({ summary }: Pick<Plan, "summary">): Promise<void> {
  const { counts, held } = summary.tally;
  const planned = [...Object.values(counts), ...Object.values(held)].reduce((sum, one) => sum + one, 0);
  if (planned > 0 || !summary.basis.observation.complete) {
    throw new Error(`The company is not in sync: ${JSON.stringify(summary.tally)}`);
  }
}

async function repeat(rounds: number, round: () => Promise<void>): Promise<FullRunResult> {
  const startBytes = process.memoryUsage.rss();
  const ms: number[] = [];
  const cpuMs: number[] = [];
  for (let done = 0; done < rounds; done++) {
    const startMs = performance.now();
    const cpu = process.cpuUsage();
    await round();
    ms.push(performance.now() - startMs);
    cpuMs.push(ownCpuMs(cpu));
  }
  return { ms, cpuMs, startBytes, peakBytes: process.resourceUsage().maxRSS * 1024 };
}

const input = childInput<FullRunInput>();
answerParent(await (input.way === "floor" ? viaFloor(input) : viaBridge(input)));
process.disconnect();
