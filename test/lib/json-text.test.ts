import test from "ava";
import fc from "fast-check";
import { findJsonFault } from "../../src/lib/json-text.ts";

const faults: readonly (readonly [title: string, text: string, fault: readonly [number, number, RegExp]])[] = [
  ["an unquoted value", '{\n  "port": eight\n}', [2, 11, /expected a value/]],
  ["a comma before the closing brace", '{\n  "port": 1,\n}', [2, 12, /a comma before "}" is not JSON: remove it/]],
  ["a comma before the closing bracket", "[1,\n]", [1, 3, /a comma before "\]"/]],
  ["a missing comma", '{ "a": 1\n  "b": 2 }', [2, 3, /expected "," or "}"/]],
  ["a missing colon", '{ "a" 1 }', [1, 7, /expected ":" after the key "a"/]],
  ["a single-quoted key", "{ 'a': 1 }", [1, 3, /expected a key in double quotes/]],
  ["a line comment", '{\n  // the port\n  "port": 1 }', [2, 3, /comments are not JSON/]],
  ["a block comment after a value", '{ "port": 1 /* why */ }', [1, 13, /comments are not JSON/]],
  ["a string over two lines", '{ "a": "x\ny" }', [1, 8, /does not end/]],
  ["text after the end", "{} {}", [1, 4, /nothing may follow/]],
  ["an unfinished file", '{ "a": ', [1, 8, /ends too early/]],
  ["an empty file", "", [1, 1, /ends too early/]],
  ["a key that stands twice", '{ "a": 1,\n  "a": 2 }', [2, 3, /"a" stands here for the second time/]],
  ["a number with a leading zero", '{ "port": 08 }', [1, 11, /expected a value/]],
  ["a hundred levels", "[".repeat(100), [1, 66, /levels deep/]],
];

for (const [title, text, [line, column, message]] of faults) {
  test(`${title} is found at line ${line}, column ${column}`, (t) => {
    const fault = findJsonFault(text);
    t.deepEqual({ line: fault?.line, column: fault?.column }, { line, column });
    t.regex(fault?.message ?? "", message);
  });
}

test("the same key in two objects is no fault", (t) => {
  t.is(findJsonFault('[{ "a": 1 }, { "a": { "a": [] } }]'), null);
});

test("a message never quotes a value", (t) => {
  t.notRegex(findJsonFault('{ "token": s3cret }')?.message ?? "", /s3cret/);
  t.notRegex(findJsonFault('{ "token": "s3cret }')?.message ?? "", /s3cret/);
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test("whatever JSON.stringify writes has no fault, however it is spaced", (t) => {
  const clean = fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(4), (value, space) => {
    return findJsonFault(JSON.stringify(value, null, space)) === null;
  });
  t.notThrows(() => fc.assert(clean, { numRuns: 300 }));
});

test("a damaged text has a fault exactly when JSON.parse refuses it", (t) => {
  const text = '{ "a": [1, -2.5e3, true, null], "b": { "c": "x\\n\\u00e9" } }';
  const damaged = fc.record({
    at: fc.nat(text.length - 1),
    remove: fc.nat(2),
    insert: fc.constantFrom("", ",", '"', "}", "0", "-", "\\", " ", "e"),
  });
  const same = fc.property(damaged, ({ at, remove, insert }) => {
    const broken = text.slice(0, at) + insert + text.slice(at + remove);
    return (
      (findJsonFault(broken) === null) === isJson(broken) || /second time/.test(findJsonFault(broken)?.message ?? "")
    );
  });
  t.notThrows(() => fc.assert(same, { numRuns: 1_000 }));
});

test("texts of ten million characters are read like others", (t) => {
  const long = "a".repeat(10_000_000);
  t.is(findJsonFault(`{"a":"${long}"}`), null);
  t.is(findJsonFault(`${" ".repeat(10_000_000)}1`), null);
  t.like(findJsonFault(`{"a":"${long}`), { line: 1, column: 6 });
});
