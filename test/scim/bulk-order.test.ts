import test from "ava";
import fc from "fast-check";
import { bulkOrder } from "../../src/scim/bulk-order.ts";
import type { BulkOperation } from "../../src/scim/bulk.ts";

/** A POST of a group with this bulkId, whose members are these. */
function makes(bulkId: string, ...members: readonly string[]): BulkOperation {
  return {
    method: "POST",
    path: "/Groups",
    bulkId,
    data: { members: members.map((each) => ({ value: `bulkId:${each}` })) },
  };
}

const ordered = test.macro({
  exec(t, operations: readonly BulkOperation[], order: readonly (readonly [number, ...string[]])[]) {
    const steps = bulkOrder(operations).map(({ index, awaits }) => [index, ...awaits]);
    t.deepEqual(
      steps,
      order.map((each) => [...each]),
    );
  },
  title: (what) => `row 41: ${what ?? ""}`,
});

test("what needs nothing keeps its order", ordered, [makes("a"), makes("b"), makes("c")], [[0], [1], [2]]);
test(
  "backward references change nothing",
  ordered,
  [makes("a"), makes("b", "a"), makes("c", "b", "a")],
  [[0], [1], [2]],
);
test(
  "a forward reference waits, the rest goes on",
  ordered,
  [makes("g", "u"), makes("x"), makes("u"), makes("y")],
  [[1], [2], [0], [3]],
);
test("a chain unwinds", ordered, [makes("a", "b"), makes("b", "c"), makes("c")], [[2], [1], [0]]);
test("two that refer to each other", ordered, [makes("a", "b"), makes("b", "a")], [[0, "b"], [1]]);
test(
  "three in a circle wait for one only",
  ordered,
  [makes("a", "b"), makes("b", "c"), makes("c", "a")],
  [[0, "b"], [2], [1]],
);
test("one that refers to itself", ordered, [makes("a", "a")], [[0, "a"]]);
test(
  "what waits for one of a circle comes behind that one",
  ordered,
  [makes("x", "a"), makes("a", "b"), makes("b", "a"), makes("y")],
  [[3], [1, "b"], [0], [2]],
);
test(
  "a circle that waits for a circle",
  ordered,
  [makes("p", "q", "a"), makes("q", "p"), makes("a", "b"), makes("b", "a")],
  [[2, "b"], [3], [0, "q"], [1]],
);
test("what nobody makes is not waited for", ordered, [makes("a", "gone"), makes("b")], [[0], [1]]);
test(
  "a path refers, too, with its colon encoded or not",
  ordered,
  [
    { method: "DELETE", path: "/Users/bulkId:u" },
    { method: "PATCH", path: "/Users/bulkId%3Au", data: {} },
    { method: "POST", path: "/Users", bulkId: "u", data: {} },
  ],
  [[2], [0], [1]],
);

test("any operations: each comes once, and what it refers to came before, but in a circle", (t) => {
  const graph = fc
    .integer({ min: 1, max: 12 })
    .chain((size) =>
      fc.array(fc.uniqueArray(fc.nat({ max: size + 1 }), { maxLength: 4 }), { minLength: size, maxLength: size }),
    );
  fc.assert(
    fc.property(graph, (edges) => {
      const reaches = (from: number, to: number): boolean => {
        const seen = new Set<number>();
        const next = [...(edges[from] ?? [])];
        for (const node of next) if (!seen.has(node)) next.push(...(seen.add(node), edges[node] ?? []));
        return seen.has(to);
      };
      const operations = edges.map((each, index) => makes(`n${index}`, ...each.map((node) => `n${node}`)));
      const steps = bulkOrder(operations);
      t.deepEqual(
        steps.map(({ index }) => index).toSorted((a, b) => a - b),
        [...edges.keys()],
      );
      const turn = new Map(steps.map(({ index }, position) => [index, position]));
      for (const { index, awaits } of steps) {
        for (const node of edges[index] ?? []) {
          const came = (turn.get(node) ?? -1) < (turn.get(index) ?? 0);
          t.is(awaits.has(`n${node}`), !came, "awaits says exactly what is not there yet");
          if (!came) t.true(reaches(node, index), "only a circle breaks the order");
        }
      }
      if (steps.every(({ index }) => !reaches(index, index))) t.true(steps.every(({ awaits }) => awaits.size === 0));
    }),
    { numRuns: 2000 },
  );
});

test("a thousand operations that all refer to each other, or in one chain, are put in order at once", (t) => {
  const names = Array.from({ length: 1000 }, (_, index) => `n${index}`);
  const started = process.hrtime.bigint();
  t.is(bulkOrder(names.map((name, index) => makes(name, names[index + 1] ?? name)))[0]?.index, 999);
  t.is(bulkOrder(names.map((name) => makes(name, ...names.slice(0, 90)))).length, 1000);
  t.true(process.hrtime.bigint() - started < 2_000_000_000n);
});
