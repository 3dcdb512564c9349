import test from "ava";
import fc from "fast-check";
import { JsonTextError, parseJson } from "../../src/lib/parse-json.ts";
import type { JsonFault } from "../../src/lib/parse-json.ts";

const refusal = test.macro((t, text: string, fault: JsonFault, maxDepth?: number) => {
  const error = t.throws(() => parseJson(text, maxDepth), { instanceOf: JsonTextError });
  t.is(error.fault, fault);
  t.is(error.cause, undefined);
});

test("whatever JSON.stringify writes comes back the same", (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const text = JSON.stringify(value);
      if (text.includes("\\u0000")) return;
      t.deepEqual(parseJson(text), JSON.parse(text));
    }),
    { numRuns: 300 },
  );
});

test("as many levels as allowed are taken", (t) => {
  t.notThrows(() => parseJson("[".repeat(32) + "]".repeat(32)));
});
test("one level more is refused", refusal, "[".repeat(33) + "]".repeat(33), "too-deep");
test("objects count as levels", refusal, '{"a":{"b":{"c":1}}}', "too-deep", 2);
test("a million brackets are refused without recursion", refusal, "[".repeat(1_000_000), "too-deep");
test("half a document is refused", refusal, '{"a":', "not-json");
test("an unclosed string is refused", refusal, '{"a":"b', "not-json");
test("a string that ends in a backslash is refused", refusal, '"\\', "not-json");
test("NUL written as an escape is refused", refusal, '{"a":"x\\u0000"}', "nul");
test("NUL in a key is refused", refusal, '{"\\u0000":1}', "nul");
test("NUL as it is is refused", refusal, '{"a":"\0"}', "nul");

test("brackets and quotes within strings do not count", (t) => {
  t.deepEqual(parseJson('{"a":"[[[\\"[[[","b":[1]}', 2), { a: '[[["[[[', b: [1] });
});

test("an escaped backslash before u0000 is no NUL", (t) => {
  t.deepEqual(parseJson('["\\\\u0000"]'), ["\\u0000"]);
});

test("a __proto__ key stays an own property and pollutes nothing", (t) => {
  const value = parseJson('{"__proto__":{"admin":true}}');
  t.true(Object.hasOwn(value as object, "__proto__"));
  t.false("admin" in {});
});

test("eight megabytes are scanned in linear time", (t) => {
  const text = JSON.stringify(Array.from({ length: 100_000 }, (_, i) => ({ value: `${i}-${"x".repeat(60)}` })));
  const before = performance.now();
  parseJson(text);
  t.true(performance.now() - before < 10_000);
});
