import type { JsonObject } from "../src/domain/json.ts";
import { desire } from "../src/mapping/desire.ts";
import { openBridgeOf } from "./bridge-process.ts";
import { answerParent, childInput } from "./children.ts";
import { DEPARTMENTS } from "./people.ts";
import { ownCpuMs } from "./process-stat.ts";

// One way to look at a whole company under an edit of its mapping, in a process of its own, so that its memory is its own.

/** What a process is to do, and where. */
export interface PreviewInput {
  /** `floor`: everybody is read and mapped once. `staged`, `listed`: previews without the product's list, and with it. */
  readonly way: "floor" | "staged" | "listed";
  /** How many of the departments the edit gives another group. */
  readonly departments: number;
  readonly configFile: string;
  readonly rounds: number;
}
/** What came of it. */
export interface PreviewResult {
  /** Of each round, the first one cold. */
  readonly ms: readonly number[];
  readonly cpuMs: readonly number[];
  readonly peakBytes: number;
  /** People for whom something changes. */
  readonly moves: number;
}

const { way, departments, configFile, rounds } = childInput<PreviewInput>();
const bridge = await openBridgeOf(configFile);
const { store, services } = bridge;
const signal = new AbortController().signal;

async function floor(): Promise<number> {
  const { mapping } = await services.mappings.current();
  const workspace = await store.openWorkspace();
  let seated = 0;
  for await (const page of workspace.people()) {
    for (const { person } of page) if (desire(person, mapping).seat !== null) seated += 1;
  }
  await workspace.close();
  if (seated === 0) throw new Error("Nobody was mapped.");
  return 0;
}

async function preview(): Promise<number> {
  const { document } = await services.mappingEdits.show();
  let told = 0;
  const { totals, whyStagedOnly } = await services.mappingEdits.preview(edited(document), {
    stagedOnly: way === "staged",
    signal,
    onMove: () => void (told += 1),
  });
  if (told !== totals.moves) throw new Error(`${told} people were told of, and ${totals.moves} counted.`);
  if ((whyStagedOnly === null) !== (way === "listed")) throw new Error(`Not what was asked for: ${whyStagedOnly}`);
  return told;
}

/** The first departments get another group, which both are named in the edit so that people leave the one for the other. */
function edited(document: JsonObject): JsonObject {
  const text = JSON.stringify(document);
  const [first] = DEPARTMENTS;
  const others = DEPARTMENTS.slice(0, departments).map((name) => [name, `${name} worldwide`]);
  const kept = DEPARTMENTS.slice(departments).map((name) => [name, name]);
  // Still named, so that it is still ours, though nobody is in this department.
  const named = DEPARTMENTS.slice(0, departments).map((name) => [`former ${name}`, name]);
  const values = Object.fromEntries([...others, ...kept, ...named]) as JsonObject;
  return JSON.parse(text, (key: string, value: unknown) =>
    key === "values" && typeof value === "object" && value !== null && first in value ? values : value,
  ) as JsonObject;
}

const ms: number[] = [];
const cpuMs: number[] = [];
let moves = 0;
for (let done = 0; done < rounds; done++) {
  const startMs = performance.now();
  const cpu = process.cpuUsage();
  moves = await (way === "floor" ? floor() : preview());
  ms.push(performance.now() - startMs);
  cpuMs.push(ownCpuMs(cpu));
}
await bridge.close();
const result: PreviewResult = { ms, cpuMs, moves, peakBytes: process.resourceUsage().maxRSS * 1024 };
answerParent(result);
process.disconnect();
