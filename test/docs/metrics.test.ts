/** docs/metrics.md against what is exposed: the same names, types and labels, both ways; and rules that name what there is. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import type { Seat } from "../../src/domain/account.ts";
import type { Instant } from "../../src/domain/brand.ts";
import type { DirectoryId } from "../../src/domain/directory.ts";
import type { Measures } from "../../src/engine/measures.ts";
import { createPrometheus } from "../../src/runtime/metrics/prometheus.ts";
import { labelNamesOf, readPrometheus, type Family } from "../support/prometheus-text.ts";
import { createTestClock } from "../support/test-clock.ts";

const PAGE = readFileSync(join(import.meta.dirname, "..", "..", "docs", "metrics.md"), "utf8");
const AT = "2026-11-23T09:00:00.000Z" as Instant;

/** There is some of everything. */
const FULL: Measures = {
  staged: [{ directory: "acme" as DirectoryId, active: 1, inactive: 1, deleted: 1, lastPushAt: AT }],
  links: { all: 2, active: 1 },
  woken: 1,
  held: new Map([["over-limit", 1]]),
  heldLeavers: 1,
  oldestLeaverMs: 1,
  waiting: new Map([["standard" as Seat, 1]]),
  failing: { retrying: new Map([["connector.rejected", 1]]), deadLetters: new Map([["connector.conflict", 1]]) },
  runs: [{ lane: "full", endedAt: AT, succeededAt: AT }],
  components: [{ component: "store", status: "ok" }],
  alerts: [{ topic: "held", severity: "critical" }],
};

/** Every family, each with a sample. */
async function everything(): Promise<readonly Family[]> {
  const prometheus = createPrometheus({ clock: createTestClock(), version: "1.2.3", hasProcess: true });
  const { metrics } = prometheus;
  const budget = { limit: 100, remaining: 50, resetMs: 60_000 };
  const call = { method: "GET", status: 200, durationMs: 1, waitedMs: 1, fault: null, perMinute: 60, budget };
  metrics.productCalled("sandbox", call);
  metrics.changeSettled("create-account", "changed");
  metrics.leaverDone("deleted", 1);
  metrics.runFinished({ lane: "full", trigger: "start", outcome: "done", durationMs: 1 });
  metrics.requestAnswered({ method: "GET", route: "/livez", status: 200, durationMs: 1 });
  return readPrometheus(await prometheus.page(async () => FULL).text());
}

function documented(): readonly string[] {
  const rows = [...PAGE.matchAll(/^\| `(\w+)` +\| (\w+) +\| ([\w, ]*?) *\| [^|]+ \| [^|]+ \|$/gm)];
  return rows.map(([, name = "", type = "", labels = ""]) => `${name} ${type} (${labels})`);
}

test("the table has every metric of ours, with its type and its labels, and no other", async (t) => {
  const own = (await everything()).filter(({ name }) => !/^(?:process|nodejs)_/.test(name));
  const exposed = own.map((family) => `${family.name} ${family.type} (${labelNamesOf(family).join(", ")})`);
  t.deepEqual(documented(), exposed.sort());
  for (const { name, samples } of own) t.true(samples.length > 0, `${name} has no sample`);
});

test("all else that is exposed is of the process, as the page says", async (t) => {
  const others = (await everything()).filter(({ name }) => !name.startsWith("rosterbridge_"));
  t.true(others.length > 0);
  t.true(others.every(({ name }) => /^(?:process|nodejs)_/.test(name)));
});

test("names follow the conventions: counters end in _total, durations are seconds, shares are ratios", async (t) => {
  for (const { name, type } of (await everything()).filter((family) => family.name.startsWith("rosterbridge_"))) {
    t.is(name.endsWith("_total"), type === "counter", name);
    if (type === "histogram") t.regex(name, /_seconds$/);
    t.notRegex(name, /_(?:ms|milliseconds|minutes|percent)(?:_|$)/);
  }
});

test("rules and queries of the page name series that there are, with labels that they have", async (t) => {
  const families = await everything();
  const expressions = [...PAGE.matchAll(/```(?:yaml|promql)\n([\s\S]*?)```/g)].map(([, text = ""]) => text).join("\n");
  const used = [...expressions.matchAll(/\b(rosterbridge_\w+?)(?:_bucket|_count)?(?:\{([^}]*)\})?(?=[\s[)])/g)];
  t.true(used.length >= 8);
  for (const [text, name, inside = ""] of used) {
    const family = families.find((one) => one.name === name);
    if (family === undefined) {
      t.fail(`There is no ${name}.`);
      continue;
    }
    const labels = [...inside.matchAll(/(\w+)(?:=~?|!~|!=)"/g)].map(([, label = ""]) => label);
    const known = [...labelNamesOf(family), ...(family.type === "histogram" ? ["le"] : [])];
    t.true(
      labels.every((label) => known.includes(label)),
      text,
    );
  }
});
