import test from "ava";
import fc from "fast-check";
import { compareCodePoints } from "../../src/scim/code-points.ts";
import { evaluate } from "../../src/scim/evaluate.ts";
import { parseFilter } from "../../src/scim/parse-filter.ts";
import { USER_TYPE } from "../../src/scim/resource-types.ts";

test("texts are in the order of their UTF-8 bytes", (t) => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 6 }),
    fc
      .array(fc.constantFrom("a", "\u007f", "é", "\ud7ff", "\ue000", "\uffff", "😀", "😁", "\u{10ffff}"), {
        maxLength: 4,
      })
      .map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, text, (a, b) => {
      t.is(Math.sign(compareCodePoints(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { numRuns: 2000 },
  );
});

test("row 31: gt and lt go by code point, as the database does", (t) => {
  t.true(evaluate(parseFilter('title gt "\uffee"'), { title: "😀" }, USER_TYPE));
  t.true(evaluate(parseFilter('title le "😀"'), { title: "\uffee" }, USER_TYPE));
  t.false(evaluate(parseFilter('title lt "\uffee"'), { title: "😀" }, USER_TYPE));
});
