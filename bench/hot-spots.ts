import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

// Where the time of a CPU profile went: node bench/hot-spots.ts FILE.cpuprofile [lines]

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}
interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const IDLE: ReadonlySet<string> = new Set(["(idle)", "(program)", "(root)"]);

/** A package, one of our own files, or a part of Node. */
function placeOf({ url, functionName }: ProfileNode["callFrame"]): string {
  if (url === "") return functionName === "(garbage collector)" ? "garbage collector" : "native";
  const path = url.startsWith("file:") ? relative(ROOT, fileURLToPath(url)) : url;
  const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  return name ?? path;
}

function add(totals: Map<string, number>, key: string, ms: number): void {
  totals.set(key, (totals.get(key) ?? 0) + ms);
}

function print(title: string, totals: ReadonlyMap<string, number>, busyMs: number, lines: number): void {
  console.log(`\n${title}`);
  for (const [key, ms] of [...totals].sort(([, a], [, b]) => b - a).slice(0, lines)) {
    console.log(`${((100 * ms) / busyMs).toFixed(1).padStart(6)} %  ${ms.toFixed(0).padStart(7)} ms  ${key}`);
  }
}

/** Time of each function with what it calls; a function that calls itself is counted once. */
function inclusiveTimes(profile: Profile, selfMs: ReadonlyMap<number, number>): ReadonlyMap<string, number> {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const totals = new Map<string, number>();
  const walk = (id: number, above: ReadonlySet<string>): number => {
    const node = nodes.get(id);
    if (node === undefined) return 0;
    const name = nameOf(node);
    const isNew = !above.has(name);
    const within = isNew ? new Set([...above, name]) : above;
    const ms = (node.children ?? []).reduce((sum, child) => sum + walk(child, within), selfMs.get(id) ?? 0);
    if (isNew) add(totals, name, ms);
    return ms;
  };
  const [root] = profile.nodes;
  if (root !== undefined) walk(root.id, new Set());
  return new Map([...totals].filter(([name]) => name.includes("src/")));
}

function nameOf(node: ProfileNode): string {
  const { functionName, lineNumber } = node.callFrame;
  return `${functionName || "(anonymous)"}  ${placeOf(node.callFrame)}:${lineNumber + 1}`;
}

const [file = "", lines = "25"] = process.argv.slice(2);
const profile = JSON.parse(await readFile(file, "utf8")) as Profile;
const selfMs = new Map<number, number>();
profile.samples.forEach((id, index) => {
  selfMs.set(id, (selfMs.get(id) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1_000);
});
const busy = profile.nodes.filter(({ callFrame }) => !IDLE.has(callFrame.functionName));
const busyMs = busy.reduce((sum, { id }) => sum + (selfMs.get(id) ?? 0), 0);
const byPlace = new Map<string, number>();
const byFunction = new Map<string, number>();
for (const node of busy) {
  add(byPlace, placeOf(node.callFrame), selfMs.get(node.id) ?? 0);
  add(byFunction, nameOf(node), selfMs.get(node.id) ?? 0);
}
console.log(`${busyMs.toFixed(0)} ms busy on the main thread`);
print("By package or file, without what it calls", byPlace, busyMs, Number(lines));
print("By function, without what it calls", byFunction, busyMs, Number(lines));
print(
  "Our functions, with what they call before they first wait",
  inclusiveTimes(profile, selfMs),
  busyMs,
  Number(lines),
);
