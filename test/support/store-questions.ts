import fc from "fast-check";
import type { SortOrder } from "../../src/ports/directory-tx.ts";
import type { AttributePath, CompareOperator, ElementTest, FilterLiteral, FilterNode } from "../../src/scim/filter.ts";
import { splitAttributePath } from "../../src/scim/attribute-path.ts";
import { TEXTS, TIMES } from "./store-population.ts";

const TEXT_OPERATORS: readonly CompareOperator[] = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"];
const ORDER: readonly CompareOperator[] = ["eq", "ne", "gt", "ge", "lt", "le"];

const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const COMMON_TEXTS = ["id", "externalId", "displayName", "EXTERNALID"];
/** What a filter may name, by the kind of its values. Unknown attributes are among them. */
export const ATTRIBUTES = {
  users: {
    texts: [
      ...COMMON_TEXTS,
      ...["userName", "emails.value", "emails", "emails.type", "title", "name.givenName", "members.value", "nothing"],
      ...["groups.value", "groups", "groups.display", "groups.type", `${CORE}:userName`, `${ENTERPRISE}:department`],
    ],
    booleans: ["active"],
    elements: { emails: ["value", "type"], groups: ["value", "display"], members: ["value"] },
    sorts: [
      ...["id", "externalId", "displayName", "userName", "active", "meta.created", "meta.lastModified", "title"],
      ...["emails", "emails.type", "name.givenName", "groups", "groups.display", "members.value", "meta.version"],
    ],
  },
  groups: {
    texts: [...COMMON_TEXTS, "members.value", "members", "members.display", "members.type", "userName", "meta.version"],
    booleans: [],
    elements: { members: ["value", "display", "type"], emails: ["value"] },
    sorts: ["id", "externalId", "displayName", "meta.created", "meta.lastModified", "members", "members.type", "title"],
  },
} as const;

type Kind = keyof typeof ATTRIBUTES;

/** The path that a text is. */
export function pathOf(text: string): AttributePath {
  const path = splitAttributePath(text);
  if (path === null) throw new Error(`${text} is no path`);
  return path;
}

/** Texts of resources, pieces of them, and ids. */
const literalText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.constantFrom(...TEXTS).map((text) => Array.from(text).slice(0, 1).join("")),
  fc.constantFrom(...TEXTS).map((text) => Array.from(text).slice(-1).join("")),
  fc.constantFrom(...TEXTS).map((text) => text.toUpperCase()),
  fc.constantFrom("", "%", "_", "User", "Group", "work", "direct"),
);

const literalTime = fc.constantFrom(
  ...TIMES,
  ...[
    "2026-01-01T01:00:00.000+01:00",
    "2026-01-01T00:00:00.0009Z",
    "2026-01-01",
    "2026-01-01T00:00",
    "2026-06-01T12:30:00Z",
  ],
  ...["9999-12-31T23:59:59-10:00", "0000-01-01T00:00:00+10:00"],
);

function idsOf(directory: string): readonly string[] {
  return ["u", "g"].flatMap((kind) => [0, 1, 2, 3].map((index) => `${directory}-${kind}${index}`));
}

type Test = { readonly op: "present" } | { readonly op: CompareOperator; readonly value: FilterLiteral };

function textTest(directory: string): fc.Arbitrary<Test> {
  const value = fc.oneof({ weight: 4, arbitrary: literalText }, fc.constantFrom(...idsOf(directory)));
  return fc.oneof(
    { weight: 8, arbitrary: fc.record({ op: fc.constantFrom(...TEXT_OPERATORS), value }) },
    fc.constant<Test>({ op: "present" }),
    fc.constantFrom<Test>({ op: "eq", value: null }, { op: "ne", value: null }),
    fc.constantFrom<Test>({ op: "eq", value: true }, { op: "sw", value: 1 }, { op: "co", value: true }),
  );
}

const booleanTest: fc.Arbitrary<Test> = fc.constantFrom<Test>(
  ...[true, false, "True"].flatMap((value): Test[] => [
    { op: "eq", value },
    { op: "ne", value },
  ]),
  { op: "present" },
  { op: "eq", value: null },
);

const timeTest: fc.Arbitrary<Test> = fc.oneof(
  fc.record({ op: fc.constantFrom(...ORDER), value: literalTime }),
  fc.record({
    op: fc.constantFrom("co" as const, "sw" as const, "ew" as const),
    value: fc.constantFrom("2026", ".000Z", "-01-"),
  }),
  fc.constantFrom<Test>({ op: "present" }, { op: "eq", value: null }),
);

function on(paths: readonly string[], test: fc.Arbitrary<Test>): fc.Arbitrary<FilterNode> {
  return fc
    .record({ path: fc.constantFrom(...paths).map(pathOf), test })
    .map(({ path, test: asked }) => ({ ...asked, path }));
}

function combined(leaf: fc.Arbitrary<FilterNode>, maxDepth: number): fc.Arbitrary<FilterNode> {
  return fc.letrec<{ node: FilterNode }>((tie) => ({
    node: fc.oneof(
      { maxDepth, withCrossShrink: true },
      { weight: 3, arbitrary: leaf },
      fc.record({ op: fc.constantFrom("and" as const, "or" as const), left: tie("node"), right: tie("node") }),
      fc.record({ op: fc.constant("not" as const), filter: tie("node") }),
    ),
  })).node;
}

/** Filters over the users or groups of a directory. */
export function filterOf(kind: Kind, directory: string): fc.Arbitrary<FilterNode> {
  const { texts, booleans, elements } = ATTRIBUTES[kind];
  const test = textTest(directory);
  const valuePaths = Object.entries(elements).map(([attribute, names]) =>
    fc.record({
      op: fc.constant("value-path" as const),
      path: fc.constant(pathOf(attribute)),
      filter: combined(on(names, test), 2),
      then: fc.option(
        fc
          .record({ name: fc.constantFrom(...names), test })
          .map(({ name, test: asked }): ElementTest => ({ ...asked, subAttribute: name })),
      ),
    }),
  );
  const leaves = [
    { weight: 6, arbitrary: on(texts, test) },
    { weight: 2, arbitrary: on(["meta.created", "meta.lastModified"], timeTest) },
    ...(booleans.length > 0 ? [{ weight: 1, arbitrary: on(booleans, booleanTest) }] : []),
    ...valuePaths.map((arbitrary) => ({ weight: 1, arbitrary })),
  ];
  return combined(fc.oneof(...leaves), 3);
}

/** Orders of users or groups; null is that of creation. */
export function sortOf(kind: Kind): fc.Arbitrary<SortOrder | null> {
  const path = fc.constantFrom(...ATTRIBUTES[kind].sorts).map(pathOf);
  return fc.option(fc.record({ path, descending: fc.boolean() }));
}
