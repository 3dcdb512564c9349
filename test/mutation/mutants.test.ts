import test from "ava";
import { mutantsOf } from "./mutants.ts";

interface Row {
  readonly source: string;
  readonly becomes: readonly string[];
}

const rows: Readonly<Record<string, Row>> = {
  "a comparison is turned round": { source: "f(a === b);", becomes: [";", "f(a !== b);"] },
  "a bound is moved by one": { source: "const x = a < 3;", becomes: ["const x = a <= 3;", "const x = a < (3 + 1);"] },
  "both becomes either": { source: "const x = a && b;", becomes: ["const x = a || b;"] },
  "a negation is forgotten": { source: "const x = !a;", becomes: ["const x = a;"] },
  "a branch is taken for the other": { source: "const x = a ? b : c;", becomes: ["const x = (a) ? (c) : (b);"] },
  "a condition is negated": { source: "if (a) b = c;", becomes: ["if (!(a)) b = c;", "if (a) ;"] },
  "a claim is turned round": { source: "const x = true;", becomes: ["const x = false;"] },
  "a filter is forgotten": { source: "const x = a.filter(f);", becomes: ["const x = [...a];"] },
  "one is taken for all": { source: "const x = a.every(f);", becomes: ["const x = a.some(f);"] },
  "an element is left out": { source: "const x = [a, ...b];", becomes: ["const x = [...b];", "const x = [a, ];"] },
  "a statement is left out": { source: "add(a);", becomes: [";"] },
  "an order is only turned round": {
    source: "const x = a < b ? -1 : 1;",
    becomes: ["const x = (a < b) ? (1) : (-1);"],
  },
  "texts, types and imports are left alone": {
    source:
      'import type { A } from "./a.ts";\ninterface B { readonly c: true }\nconst x: 1 | 2 = y as 1;\nconst z = "a" + b;',
    becomes: [],
  },
};

for (const [title, { source, becomes }] of Object.entries(rows)) {
  test(title, (t) => {
    t.deepEqual(
      mutantsOf(source).map((mutant) => mutant.source),
      becomes,
    );
  });
}

test("a mutant says where it is and what it changes", (t) => {
  const [mutant] = mutantsOf("const a = 1 as const;\nconst b = c === d;\n").slice(-1);
  t.deepEqual([mutant?.line, mutant?.was, mutant?.becomes], [2, "===", "!=="]);
});
