import test from "ava";
import fc from "fast-check";
import { parse as parseElsewhere } from "scim2-parse-filter";
import type { Filter } from "scim2-parse-filter";
import { InvalidFilterError } from "../../src/domain/errors.ts";
import type { FilterNode } from "../../src/scim/filter.ts";
import { parseFilter } from "../../src/scim/parse-filter.ts";
import { printFilter } from "../../src/scim/print-filter.ts";
import { filterNode, filterSoup } from "../support/scim-arbitraries.ts";

const at = (attribute: string, subAttribute: string | null = null, urn: string | null = null) => ({
  urn,
  attribute,
  subAttribute,
});

const parses = test.macro({
  exec(t, text: string, expected: FilterNode) {
    t.deepEqual(parseFilter(text), expected);
  },
  title: (_: string | undefined, text: string) => `row 28: the filter ${text} parses`,
});

test(parses, 'userName eq "bjensen"', { op: "eq", path: at("userName"), value: "bjensen" });
test(parses, "title pr", { op: "present", path: at("title") });
test(parses, 'name.familyName co "O\'Malley"', { op: "co", path: at("name", "familyName"), value: "O'Malley" });
test(parses, 'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"', {
  op: "sw",
  path: at("userName", null, "urn:ietf:params:scim:schemas:core:2.0:User"),
  value: "J",
});
test(parses, 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "1"', {
  op: "eq",
  path: at("manager", "value", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"),
  value: "1",
});
test(parses, 'a eq "1" or b eq "2" and not (c pr)', {
  op: "or",
  left: { op: "eq", path: at("a"), value: "1" },
  right: {
    op: "and",
    left: { op: "eq", path: at("b"), value: "2" },
    right: { op: "not", filter: { op: "present", path: at("c") } },
  },
});
test(parses, '(a eq "1" or b eq "2") and c pr', {
  op: "and",
  left: { op: "or", left: { op: "eq", path: at("a"), value: "1" }, right: { op: "eq", path: at("b"), value: "2" } },
  right: { op: "present", path: at("c") },
});
test(parses, "a pr and b pr and c pr", {
  op: "and",
  left: { op: "and", left: { op: "present", path: at("a") }, right: { op: "present", path: at("b") } },
  right: { op: "present", path: at("c") },
});
test(parses, 'emails[type eq "work" and value co "@example.com"]', {
  op: "value-path",
  path: at("emails"),
  filter: {
    op: "and",
    left: { op: "eq", path: at("type"), value: "work" },
    right: { op: "co", path: at("value"), value: "@example.com" },
  },
  then: null,
});
test(parses, 'emails[type eq "work"].value eq "t@x.com"', {
  op: "value-path",
  path: at("emails"),
  filter: { op: "eq", path: at("type"), value: "work" },
  then: { op: "eq", subAttribute: "value", value: "t@x.com" },
});
test(parses, 'emails[type eq "work"].value pr', {
  op: "value-path",
  path: at("emails"),
  filter: { op: "eq", path: at("type"), value: "work" },
  then: { op: "present", subAttribute: "value" },
});
test(parses, 'username Eq "x"', { op: "eq", path: at("username"), value: "x" });
test(parses, "active EQ true", { op: "eq", path: at("active"), value: true });
test(parses, "active eq false", { op: "eq", path: at("active"), value: false });
test(parses, "title eq null", { op: "eq", path: at("title"), value: null });
test(parses, "size gt -1.5e3", { op: "gt", path: at("size"), value: -1500 });
test(parses, "size eq -0", { op: "eq", path: at("size"), value: 0 });
test(parses, "externalId eq jyoung", { op: "eq", path: at("externalId"), value: "jyoung" });
test(parses, "(userName sw O)", { op: "sw", path: at("userName"), value: "O" });
test(parses, "externalId eq 12345678901234567890", { op: "eq", path: at("externalId"), value: "12345678901234567890" });
test(parses, "externalId eq 1e999", { op: "eq", path: at("externalId"), value: "1e999" });
test(parses, "externalId eq 007", { op: "eq", path: at("externalId"), value: "007" });
test(parses, "emails[type eq work]", {
  op: "value-path",
  path: at("emails"),
  filter: { op: "eq", path: at("type"), value: "work" },
  then: null,
});
test(parses, ' \t userName\neq"x" ', { op: "eq", path: at("userName"), value: "x" });

test("row 33: strings follow JSON, whatever they hold", (t) => {
  const value = (text: string) => {
    const node = parseFilter(`title eq ${text}`);
    return node.op === "eq" ? node.value : undefined;
  };
  t.is(value('"say \\"hi\\" \\u00e9 \\\\"'), 'say "hi" é \\');
  t.is(value('"a and b] ) [ or"'), "a and b] ) [ or");
  t.is(value('"\\ud83d\\ude00"'), "😀");
});

const fails = test.macro({
  exec(t, text: string, message: RegExp) {
    t.throws(() => parseFilter(text), { instanceOf: InvalidFilterError, message });
  },
  title: (_: string | undefined, text: string) => `row 32: the filter ${text.slice(0, 40)} is refused`,
});

test(fails, "", /expected an attribute, found the end/);
test(fails, "userName", /expected an operator .* found the end/);
test(fails, 'userName like "x"', /expected an operator .* found "like" at position 10/);
test(fails, "userName eq", /expected a value, found the end/);
test(fails, "userName eq (", /expected a value, found "\(" at position 13/);
test(fails, 'userName eq "x', /string at position 13 has no closing quote/);
test(fails, 'userName eq "\\x"', /position 13 is not a JSON string/);
test(fails, 'userName eq "\\u0000"', /NUL/);
test(fails, 'userName eq "x" and', /expected an attribute, found the end/);
test(fails, 'userName eq "x" title pr', /expected the end, found "title" at position 17/);
test(fails, '(userName eq "x"', /expected "\)", found the end/);
test(fails, "not title pr", /expected an operator/);
test(fails, "not (title pr", /expected "\)"/);
test(fails, 'emails[type eq "work"', /expected "\]", found the end/);
test(fails, 'emails[phone[type eq "x"]]', /expected an operator, found "\["/);
test(fails, 'name.familyName[type eq "x"]', /expected an operator, found "\["/);
test(fails, 'emails[type eq "work"].', /expected a sub-attribute/);
test(fails, 'emails[type eq "work"].value', /expected an operator/);
test(fails, 'emails[type eq "work"]value eq "x"', /expected the end/);
test(fails, "userName ne jyoung", /needs double quotes/);
test(fails, "title eq and", /needs double quotes/);
test(fails, 'a.b.c eq "x"', /expected an attribute/);
test(fails, '1a eq "x"', /expected an attribute/);
test(fails, 'a.1b eq "x"', /expected an attribute/);
test(fails, '"userName" eq "x"', /expected an attribute/);
test(fails, 'foo:userName eq "x"', /expected an attribute/);
test(fails, '__proto__ eq "x"', /expected an attribute/);
test(fails, 'name.constructor eq "x"', /expected an attribute/);
test(fails, 'urn:x:prototype:name eq "x"', /expected an attribute/);
test(fails, 'emails[type eq "work"].__proto__ eq "x"', /expected a sub-attribute/);
test(fails, "userName ] x", /expected an operator/);
test(fails, `userName eq "${"x".repeat(4096)}"`, /longer than 4096 characters/);
test(fails, Array<string>(51).fill("title pr").join(" or "), /more than 50 terms/);
test(fails, `${"(".repeat(17)}title pr${")".repeat(17)}`, /nested deeper than 16 levels/);
test(fails, `emails[${"(".repeat(16)}type pr${")".repeat(16)}]`, /nested deeper than 16 levels/);
test(fails, "(".repeat(4096), /nested deeper than 16 levels/);
test(fails, "not (".repeat(800), /nested deeper than 16 levels/);

test("the limits themselves are allowed", (t) => {
  t.notThrows(() => parseFilter(Array<string>(50).fill("title pr").join(" or ")));
  t.notThrows(() => parseFilter(`${"(".repeat(16)}title pr${")".repeat(16)}`));
});

test("a message shows no more than the beginning of what was sent", (t) => {
  const error = t.throws(() => parseFilter(`userName ${"secret".repeat(600)}`));
  t.true(error.message.length < 250);
});

test("an unclosed string full of escapes is refused at once", (t) => {
  const text = `userName eq "${"\\\\".repeat(2000)}`;
  const started = process.hrtime.bigint();
  t.throws(() => parseFilter(text), { instanceOf: InvalidFilterError });
  t.true(process.hrtime.bigint() - started < 50_000_000n);
});

test("a printed filter parses to the same filter", (t) => {
  fc.assert(
    fc.property(filterNode, (node) => {
      t.deepEqual(parseFilter(printFilter(node)), node);
    }),
    { numRuns: 500 },
  );
});

test("any text is a filter or an InvalidFilterError", (t) => {
  fc.assert(
    fc.property(fc.oneof(filterSoup, fc.string()), (text) => {
      try {
        t.is(typeof parseFilter(text).op, "string");
      } catch (error) {
        t.true(error instanceof InvalidFilterError);
      }
    }),
    { numRuns: 1000 },
  );
});

/** The other parser's answer in our words; it flattens chains of the same operator. */
function translate(filter: Filter): FilterNode {
  switch (filter.op) {
    case "and":
    case "or": {
      const op = filter.op;
      const [first, ...others] = filter.filters.map(translate);
      if (first === undefined) throw new Error("a chain of nothing");
      return others.reduce((left, right) => ({ op, left, right }), first);
    }
    case "not":
      return { op: "not", filter: translate(filter.filter) };
    case "[]":
      return { op: "value-path", path: pathOf(filter.attrPath), filter: translate(filter.valFilter), then: null };
    case "pr":
      return { op: "present", path: pathOf(filter.attrPath) };
    default:
      return { op: filter.op, path: pathOf(filter.attrPath), value: filter.compValue };
  }
}

function pathOf(text: string) {
  const [attribute = "", subAttribute = null] = text.split(".");
  return at(attribute, subAttribute);
}

const agrees = test.macro({
  exec(t, text: string) {
    t.deepEqual(parseFilter(text), translate(parseElsewhere(text)));
  },
  title: (_: string | undefined, text: string) => `scim2-parse-filter reads ${text} as we do`,
});

test(agrees, 'userName eq "bjensen" and title pr');
test(agrees, 'a eq "1" or b eq "2" and c eq "3" or d pr');
test(agrees, 'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")');
test(agrees, 'userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")');
test(agrees, 'emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]');
test(agrees, 'meta.lastModified ge "2011-05-13T04:42:34Z" and active eq true and title eq null and size gt 12');

test("random filters mean the same to scim2-parse-filter", (t) => {
  const leaf = fc.constantFrom('a eq "1"', "b pr", "c.d gt 5", 'e[f sw "x"]', "g ne true", "h le 1");
  const text = fc
    .array(fc.tuple(leaf, fc.constantFrom("and", "or"), fc.boolean()), { minLength: 1, maxLength: 8 })
    .map((parts) =>
      parts
        .map(([term, operator, negated], index) =>
          [index === 0 ? "" : operator, negated ? `not (${term})` : term].join(" ").trim(),
        )
        .join(" "),
    );
  fc.assert(
    fc.property(text, (filter) => {
      t.deepEqual(parseFilter(filter), translate(parseElsewhere(filter)));
    }),
    { numRuns: 200 },
  );
});
