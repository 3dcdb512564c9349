import { existsSync, globSync } from "node:fs";
import { basename } from "node:path";

/** Files of the planner without tests of the same name, and those that other tests are about, too: who knows them best. */
const KNOWN_BY: Readonly<Record<string, readonly string[]>> = {
  "account-changes": ["person", "drift"],
  arrange: ["gate", "person", "change-key"],
  claims: ["fold", "renames"],
  dependants: ["gate", "fold", "person"],
  entitlements: ["person", "drift", "leaver"],
  fingerprint: ["change-key", "fold"],
  fold: ["renames"],
  grace: ["leaver"],
  guard: ["person", "gate"],
  label: ["person", "drift"],
  linked: ["drift", "person", "renames"],
  "other-side": ["match", "renames"],
  parking: ["renames"],
  pass: ["gate", "fold", "renames"],
  "rename-gate": ["renames"],
  "rename-order": ["renames"],
  rename: ["renames", "person"],
  "seat-queue": ["fold"],
  stayer: ["person", "match", "drift"],
};

/** Suites of the engine that go all the way through the planner, with real files and a real server. */
export const ENGINE_SUITES: readonly string[] = [
  "runs/reconcile",
  "runs/seats-and-returns",
  "runs/protected-and-modes",
  "runs/failing-people",
  "limits/limits",
  "plan/identity",
  "apply/leavers",
  "plan/drift",
  "apply/crossing",
].map((suite) => `test/engine/${suite}.test.ts`);

/** The planner's tests, those first that are about this file. */
export function suitesFor(file: string): { readonly own: readonly string[]; readonly others: readonly string[] } {
  const name = basename(file, ".ts");
  const own = [name, ...(KNOWN_BY[name] ?? [])].map((known) => `test/planning/${known}.test.ts`).filter(existsSync);
  // The properties take longest.
  const all = globSync("test/planning/*.test.ts").sort((a, b) => rank(a) - rank(b));
  return { own, others: all.filter((suite) => !own.includes(suite)) };
}

function rank(suite: string): number {
  return suite.endsWith("properties.test.ts") ? 1 : 0;
}
