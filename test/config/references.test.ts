import test from "ava";
import { resolveReferences } from "../../src/config/references.ts";
import type { ReferenceSources } from "../../src/config/references.ts";
import type { JsonValue } from "../../src/domain/json.ts";

function sources(environment: Record<string, string> = {}, files: Record<string, string> = {}): ReferenceSources {
  return {
    environment,
    readFile(name) {
      const text = files[name];
      if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
      return text;
    },
  };
}

test("an environment variable and a file take the place of their references, at any depth", (t) => {
  const document = { product: { token: { env: "TOKEN" } }, list: ["a", { file: "/run/secrets/b" }], port: 1 };
  const { value, references, problems } = resolveReferences(
    document,
    sources({ TOKEN: "t0k" }, { "/run/secrets/b": "b" }),
  );
  t.deepEqual(value, { product: { token: "t0k" }, list: ["a", "b"], port: 1 });
  t.deepEqual([...references], ["product.token", "list[1]"]);
  t.deepEqual(problems, []);
});

test("line ends at the end of a secret file are cut off, other white space is not", (t) => {
  t.is(resolveReferences({ file: "a" }, sources({}, { a: " s3cret \r\n\n" })).value, " s3cret ");
});

const faults: readonly (readonly [title: string, reference: JsonValue, message: string])[] = [
  ["a variable that is not set", { env: "MISSING" }, "environment variable MISSING is not set"],
  ["a variable that is empty", { env: "EMPTY" }, "environment variable EMPTY is empty"],
  ["a variable that every object has", { env: "constructor" }, "environment variable constructor is not set"],
  ["a reference to no variable", { env: "" }, "names no environment variable"],
  ["a file that cannot be read", { file: "missing" }, "file missing cannot be read (ENOENT)"],
  ["a file that holds a line end only", { file: "blank" }, "file blank is empty"],
  ["a reference to no file", { file: "" }, "names no file"],
];

for (const [title, reference, message] of faults) {
  test(`${title} is a problem at its path`, (t) => {
    const { problems } = resolveReferences({ a: [reference] }, sources({ EMPTY: "" }, { blank: "\n" }));
    t.deepEqual(problems, [{ path: "a[0]", message }]);
  });
}

test("what only resembles a reference stays as it is", (t) => {
  const document = { a: { env: 1 }, b: { env: "A", file: "b" }, c: { Env: "A" }, d: {} };
  t.deepEqual(resolveReferences(document, sources({ A: "x" })).value, document);
});

test("a department named env is no reference inside the mapping", (t) => {
  const document = {
    mapping: { source: "file", initial: { groups: { rules: [{ values: { env: "Environment" } }] } } },
  };
  const { value, problems } = resolveReferences(document, sources());
  t.deepEqual(value, document);
  t.deepEqual(problems, []);
});

test("a key named __proto__ stays a key", (t) => {
  const value = resolveReferences(JSON.parse('{"a": {"__proto__": {"b": 1}}}') as JsonValue, sources()).value;
  t.is(JSON.stringify(value), '{"a":{"__proto__":{"b":1}}}');
  t.is(({} as { b?: number }).b, undefined);
});
