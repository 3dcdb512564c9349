import test from "ava";
import { progressLine, type ProgressState } from "../../src/runtime/progress-line.ts";

const at = (parts: Partial<ProgressState>): ProgressState => ({
  title: "Planning people",
  done: 2_100,
  total: 5_000,
  elapsedMs: 2_000,
  ...parts,
});

const LINES: readonly (readonly [what: string, state: Partial<ProgressState>, columns: number, line: string])[] = [
  [
    "room for everything",
    {},
    100,
    "Planning people  ━━━━━━━━━━━━╸─────────────────  42 %  2,100 of 5,000 · 1,100/s · 3 s left",
  ],
  ["a narrower bar", {}, 90, "Planning people  ━━━━━━━━────────────  42 %  2,100 of 5,000 · 1,100/s · 3 s left"],
  ["no room for the rate", {}, 68, "Planning people  ━━━━──────  42 %  2,100 of 5,000 · 3 s left"],
  ["no room for the time left", {}, 54, "Planning people  ━━━━──────  42 %  2,100 of 5,000"],
  ["no room for counts", {}, 40, "Planning people  ━━━━──────  42 %"],
  ["no room for a bar", {}, 30, "Planning people  42 %"],
  ["no room for anything", {}, 10, "Planning "],
  ["no room at all", {}, 0, ""],
  ["nothing done yet", { done: 0 }, 100, `Planning people  ${"─".repeat(30)}   0 %      0 of 5,000`],
  [
    "too young for a rate",
    { elapsedMs: 999 },
    100,
    "Planning people  ━━━━━━━━━━━━╸─────────────────  42 %  2,100 of 5,000",
  ],
  [
    "nearly all is not all",
    { done: 4_999 },
    100,
    `Planning people  ${"━".repeat(29)}╸  99 %  4,999 of 5,000 · 2,500/s · 1 s left`,
  ],
  ["all", { done: 5_000 }, 100, `Planning people  ${"━".repeat(30)} 100 %  5,000 of 5,000`],
  [
    "slower than one a second",
    { done: 3, total: 9, elapsedMs: 30_000 },
    100,
    "Planning people  ━━━━━━━━━━────────────────────  33 %  3 of 9 · 6/min · 60 s left",
  ],
  [
    "slower than ten a second",
    { done: 3, total: 900, elapsedMs: 2_000 },
    100,
    `Planning people  ${"─".repeat(30)}   0 %    3 of 900 · 1.5/s · 10 min left`,
  ],
  ["an unknown total", { total: null, elapsedMs: 400 }, 100, "Planning people  2,100 in 0 s"],
  ["an unknown total, and a rate", { total: null }, 100, "Planning people  2,100 in 2 s · 1,100/s"],
  ["an unknown total in little room", { total: null }, 35, "Planning people  2,100 in 2 s"],
  ["an unknown total in less room", { total: null }, 25, "Planning people  2,100"],
  ["a total that was too small", { total: 2_000 }, 100, "Planning people  2,100 in 2 s · 1,100/s"],
  ["nothing to do", { done: 0, total: 0 }, 100, "Planning people  0 in 2 s"],
];

for (const [what, state, columns, line] of LINES) {
  test(`a line of progress: ${what}`, (t) => {
    t.is(progressLine(at(state), columns), line);
  });
}

test("no line is as wide as the window, whatever there is to say", (t) => {
  for (let columns = 1; columns <= 130; columns += 1) {
    for (const total of [null, 1, 7, 1_234_567]) {
      for (const share of [0, 0.001, 0.5, 1]) {
        const state = at({ done: Math.floor((total ?? 9) * share), total, elapsedMs: 100_000_000 });
        t.true(progressLine(state, columns).length < columns, `${columns} ${total} ${share}`);
      }
    }
  }
});

test("the bar stays where it is and as wide as it is while the words beside it come and grow", (t) => {
  for (const columns of [50, 60, 70, 80, 90, 100]) {
    const lines = [0, 600, 1_500, 90_000].map((elapsedMs) =>
      progressLine(at({ done: Math.floor(elapsedMs / 100), elapsedMs }), columns),
    );
    const ends = lines.map((line) => line.indexOf("%"));
    t.deepEqual(new Set(ends).size, 1, lines.join("\n"));
  }
});
