import test from "ava";
import { ConfigError } from "../../src/domain/errors.ts";
import { parseMapping } from "../../src/mapping/rules.ts";

/** Every problem of a document, as `path: message`. */
function problemsOf(document: unknown): readonly string[] {
  try {
    parseMapping(document);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

test("an empty object is a complete mapping", (t) => {
  t.deepEqual(parseMapping({}), {
    account: {
      email: ['emails[type eq "work"].value', "emails[primary eq true].value", "userName"],
      givenName: ["name.givenName"],
      familyName: ["name.familyName"],
      displayName: ["displayName", "name.formatted"],
      timezone: ["timezone"],
      locale: ["locale", "preferredLanguage"],
    },
    scope: null,
    groups: { authoritative: true, createMissing: true, rules: [] },
    seats: { rules: [], default: "standard" },
    rehire: "conflict",
    tests: [],
  });
});

test("a mapping with its defaults is the same mapping", (t) => {
  const once = parseMapping({ seats: { default: null }, tests: [{ given: { userName: "a" }, seat: null }] });
  t.deepEqual(parseMapping(once), once);
  t.deepEqual(parseMapping(JSON.parse(JSON.stringify(once))), once);
});

test("the mapping of the manual is sound", (t) => {
  const document = {
    groups: {
      rules: [
        {
          attribute: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
          values: { Sales: "Sales EMEA", "Sales US": ["Sales US", "All Sales"] },
          unmapped: "report",
        },
        { when: 'title co "Manager" and userType eq "Employee"', group: "Managers" },
        { directoryGroup: "Support Tier 1", group: "Support" },
      ],
    },
    seats: { rules: [{ when: 'userType eq "Contractor"', seat: null }], default: "standard" },
    tests: [{ given: { userName: "x@acme.example", title: "Sales Manager" }, groups: ["Managers"], seat: "standard" }],
  };
  t.deepEqual(problemsOf(document), []);
});

const faults: readonly (readonly [title: string, document: unknown, problem: RegExp])[] = [
  ["a broken filter", { scope: "title eq" }, /^scope: .*(position|character|end)/],
  [
    "a broken filter in a rule",
    { groups: { rules: [{ when: "title xx 1", group: "A" }] } },
    /^groups\.rules\[0\]\.when: /,
  ],
  ["a filter that compares what cannot be compared", { scope: 'active gt "x"' }, /^scope: /],
  ["a broken path", { account: { email: ["emails[type eq]"] } }, /^account\.email\[0\]: /],
  [
    "a path with a filter on what has no parts",
    { account: { email: ['userName[x eq "1"].y'] } },
    /^account\.email\[0\]: /,
  ],
  ["no path for the e-mail", { account: { email: [] } }, /^account\.email: /],
  ["an unknown key", { group: {} }, /^: unknown key "group": did you mean "groups"\?$/],
  [
    "an unknown key in a rule",
    { groups: { rules: [{ when: "title pr", group: "A", groups: "A" }] } },
    /^groups\.rules\[0\]: unknown key "groups": did you mean "group"\?$/,
  ],
  [
    "a rule of no kind",
    { groups: { rules: [{ group: "A" }] } },
    /^groups\.rules\[0\]: must have exactly one of attribute, when, directoryGroup$/,
  ],
  [
    "a rule of two kinds",
    { groups: { rules: [{ when: "title pr", directoryGroup: "B", group: "A" }] } },
    /exactly one of/,
  ],
  [
    "an attribute rule without values",
    { groups: { rules: [{ attribute: "title" }] } },
    /^groups\.rules\[0\]\.values: is required beside attribute$/,
  ],
  [
    "a condition without a group",
    { groups: { rules: [{ when: "title pr" }] } },
    /^groups\.rules\[0\]\.group: is required beside when$/,
  ],
  [
    "what does not go with a rule",
    { groups: { rules: [{ directoryGroup: "B", group: "A", unmapped: "ignore" }] } },
    /^groups\.rules\[0\]\.unmapped: does not go with directoryGroup$/,
  ],
  [
    "a value that gives no name",
    { groups: { rules: [{ attribute: "title", values: { "Sales US": 7 } }] } },
    /^groups\.rules\[0\]\.values\["Sales US"\]: must be the name of a group/,
  ],
  [
    "an unknown way with unmapped values",
    { groups: { rules: [{ attribute: "title", values: {}, unmapped: "hide" }] } },
    /^groups\.rules\[0\]\.unmapped: must be "report", "ignore" or/,
  ],
  ["a seat rule without a seat", { seats: { rules: [{ when: "title pr" }] } }, /^seats\.rules\[0\]\.seat: /],
  ["a seat without a name", { seats: { default: "" } }, /^seats\.default: /],
  ["an unknown policy", { rehire: "always" }, /^rehire: /],
  [
    "a test that expects nothing",
    { tests: [{ given: { userName: "a" } }] },
    /^tests\[0\]: must expect groups, seat or both$/,
  ],
  [
    "a test with a user that cannot be",
    { tests: [{ given: { active: { a: 1 } }, seat: null }] },
    /^tests\[0\]\.given: /,
  ],
  ["a test without a user", { tests: [{ seat: null }] }, /^tests\[0\]\.given: is required$/],
  ["a mapping that is a list", [], /^: /],
  ["no mapping at all", undefined, /^: is required$/],
];
for (const [title, document, problem] of faults) {
  test(`${title} is reported where it stands`, (t) => {
    const problems = problemsOf(document);
    t.is(problems.length, 1, problems.join("\n"));
    t.regex(problems[0] ?? "", problem);
  });
}

test("all problems are reported at once, with what is meant", (t) => {
  const error = t.throws(() => parseMapping({ scope: "(", rehire: 1, seats: { rules: [{ when: "x", seat: "a" }] } }), {
    instanceOf: ConfigError,
  });
  t.deepEqual(error.problems.map(({ path }) => path).sort(), ["rehire", "scope", "seats.rules[0].when"]);
  t.regex(error.message, /^The mapping cannot be used:/);
});
