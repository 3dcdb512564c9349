import test from "ava";
import fc from "fast-check";
import { bulkOrder } from "../../src/scim/bulk-order.ts";
import { operationReferences } from "../../src/scim/bulk-references.ts";
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

/** A PATCH at this path, which names these as members. */
function patches(path: string, members: readonly string[] = [], bulkId?: string): BulkOperation {
  const data = { members: members.map((each) => ({ value: `bulkId:${each}` })) };
  return { method: "PATCH", path, data, ...(bulkId === undefined ? {} : { bulkId }) };
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

test(
  "what comes later on the same resource waits with what waits",
  ordered,
  [patches("/Users/X", ["m"]), patches("/Users/X"), patches("/Users/Y"), makes("m"), patches("/Users/X")],
  [[2], [3], [0], [1], [4]],
);
test(
  "an id may be encoded, and is of one type only",
  ordered,
  [patches("/Users/a%20b", ["m"]), patches("/Groups/a%20b"), patches("/Users/a b"), makes("m")],
  [[1], [3], [0], [2]],
);
test(
  "what makes a resource, and then what changes it, in the order of the request",
  ordered,
  [patches("/Groups/bulkId:g", ["u"]), { method: "DELETE", path: "/Groups/bulkId%3Ag" }, makes("g"), makes("u")],
  [[2], [3], [0], [1]],
);
test(
  "the bulkId of a change is one more name of its resource",
  ordered,
  [patches("/Users/X", ["m"], "p"), { method: "DELETE", path: "/Users/bulkId:p" }, patches("/Users/X"), makes("m")],
  [[3], [0], [1], [2]],
);
test(
  "what changes half a resource waits until it is whole",
  ordered,
  [makes("a", "b"), patches("/Groups/bulkId:a"), makes("b", "c"), makes("c", "a")],
  [[0, "b"], [3], [2], [1]],
);
test(
  "in a circle with an order the reference gives way, where it can be made up for",
  ordered,
  [patches("/Users/X", ["m"]), patches("/Users/X", [], "q"), makes("m", "q")],
  [[2, "q"], [0], [1]],
);
test(
  "in a circle of nothing but orders a reference gives way for good",
  ordered,
  [patches("/Users/X", ["q"]), patches("/Users/X", [], "p"), patches("/Users/Y", ["p"]), patches("/Users/Y", [], "q")],
  [[0, "q"], [1], [2], [3]],
);
test(
  "paths that refer to each other wait for nobody",
  ordered,
  [patches("/Users/bulkId:b", [], "a"), patches("/Users/bulkId:a", [], "b"), patches("/Users/bulkId:c", [], "c")],
  [[0, "b"], [1], [2, "c"]],
);

test("any operations on a few resources: those on one keep their order, and only a circle leaves one without", (t) => {
  const names = ["m", "n", "o", "p"];
  const paths = ["/Users/X", "/Groups/X", "/Users/Y", ...names.slice(0, 3).map((name) => `/Groups/bulkId:${name}`)];
  const change = fc.record({ path: fc.constantFrom(...paths), members: fc.subarray(names), isP: fc.boolean() });
  const request = fc
    .tuple(fc.array(change, { maxLength: 10 }), fc.tuple(...names.slice(0, 3).map(() => fc.subarray(names))))
    .chain(([changes, made]) => {
      const named = changes.findIndex(({ isP }) => isP);
      return fc.shuffledSubarray(
        [
          ...changes.map(({ path, members }, index) => patches(path, members, index === named ? "p" : undefined)),
          ...made.map((members, index) => makes(names[index] ?? "", ...members)),
        ],
        { minLength: changes.length + made.length },
      );
    });
  fc.assert(
    fc.property(request, (operations) => {
      const steps = bulkOrder(operations);
      t.deepEqual(
        steps.map(({ index }) => index).toSorted((a, b) => a - b),
        [...operations.keys()],
      );
      const turn = new Map(steps.map(({ index }, position) => [index, position]));
      const makerOf = (name: string): number => operations.findIndex(({ bulkId }) => bulkId === name);
      const needs = operations.map((operation) =>
        [...operationReferences(operation)].map(makerOf).filter((maker) => maker >= 0),
      );
      for (const path of paths) {
        const own = [...operations.keys()].filter((index) => operations[index]?.path === path);
        const done = own.toSorted((a, b) => (turn.get(a) ?? 0) - (turn.get(b) ?? 0));
        t.deepEqual(done, own);
        own.forEach((index, at) => needs[index]?.push(...own.slice(0, at)));
      }
      for (const { index, awaits } of steps) {
        const path = operations[index]?.path ?? "";
        t.false(awaits.has(path.split(":")[1] ?? ""), "what a path names is made first");
        for (const name of operationReferences(operations[index] ?? makes(""))) {
          const maker = makerOf(name);
          if (maker < 0) continue;
          t.is(awaits.has(name), (turn.get(maker) ?? -1) >= (turn.get(index) ?? 0));
          if (awaits.has(name)) t.true(leadsTo(needs, maker, index), "only a circle leaves one without");
        }
      }
    }),
    { numRuns: 2000 },
  );
});

/** Whether one operation leads to another over what each needs, itself included. */
function leadsTo(needs: readonly (readonly number[])[], from: number, to: number): boolean {
  const next = [from];
  const seen = new Set(next);
  for (const node of next) {
    for (const each of needs[node] ?? []) {
      if (!seen.has(each)) next.push(each);
      seen.add(each);
    }
  }
  return seen.has(to);
}

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
  const onOne = names.map((_, index) => patches("/Groups/X", names.slice(index % 900, (index % 900) + 40)));
  t.is(bulkOrder([...onOne, ...names.map((name) => makes(name, "n0"))]).at(-1)?.index, 999);
  t.true(process.hrtime.bigint() - started < 2_000_000_000n);
});
