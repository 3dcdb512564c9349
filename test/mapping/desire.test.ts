import test from "ava";
import type { Instant } from "../../src/domain/brand.ts";
import type { DirectoryGroupId, DirectoryId, DirectoryUserId, Person } from "../../src/domain/directory.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import { compileMapping } from "../../src/mapping/compile.ts";
import type { Mapping } from "../../src/mapping/compile.ts";
import { desire, desireUnderBoth } from "../../src/mapping/desire.ts";
import { parseMapping } from "../../src/mapping/rules.ts";

const AT = "2026-11-23T12:00:00.000Z" as Instant;
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const DEPARTMENT = `${ENTERPRISE}:department`;

function mapping(document: unknown = {}): Mapping {
  return compileMapping(parseMapping(document), 3);
}
function aPerson(
  resource: JsonObject = {},
  parts: { active?: boolean; deletedAt?: Instant; groups?: readonly string[]; externalId?: string } = {},
): Person {
  const { active = true, deletedAt = null, groups = [], externalId } = parts;
  return {
    user: {
      id: "u1" as DirectoryUserId,
      directory: "acme" as DirectoryId,
      ...(externalId === undefined ? {} : { externalId }),
      userName: "ana@acme.example",
      active,
      resource: { userName: "ana@acme.example", active, ...resource },
      meta: { created: AT, lastModified: AT, version: 1 },
    },
    deletedAt,
    groups: groups.map((displayName) => ({ id: displayName as DirectoryGroupId, displayName })),
  };
}
const inDepartment = (...departments: readonly string[]) =>
  aPerson({ [ENTERPRISE]: { department: departments[0] ?? "" } });
const departments = (rule: JsonObject = {}) =>
  mapping({
    groups: {
      rules: [
        { attribute: DEPARTMENT, values: { Sales: "Sales EMEA", "Sales US": ["Sales US", "All Sales"] }, ...rule },
      ],
    },
  });

test("somebody active gets an account, the default seat and no groups", (t) => {
  t.deepEqual(desire(aPerson({}, { externalId: "00u1" }), mapping()), {
    user: "u1" as DirectoryUserId,
    directory: "acme" as DirectoryId,
    externalId: "00u1",
    status: "active",
    profile: { email: "ana@acme.example" },
    seat: "standard" as never,
    seatRank: 0,
    groups: [],
    because: ["seats.default → seat standard"],
    unmapped: [],
  });
});

test("account fields come from the first path that has a value", (t) => {
  const person = aPerson({
    displayName: "",
    name: { formatted: " Ana Li ", givenName: "Ana" },
    emails: [
      { value: "home@acme.example", type: "home", primary: true },
      { value: "work@acme.example", type: "work" },
    ],
    preferredLanguage: "fr",
  });
  t.deepEqual(desire(person, mapping()).profile, {
    email: "work@acme.example",
    displayName: "Ana Li",
    givenName: "Ana",
    locale: "fr",
  });
});

const addresses: readonly (readonly [
  title: string,
  emails: readonly string[],
  email: string,
  problem: RegExp | null,
])[] = [
  [
    "an address that is none",
    ["not an address"],
    "ana@acme.example",
    /^The value of emails\[type eq "work"\]\.value is not an e-mail address\.$/,
  ],
  ["an address without a name", ["@acme.example"], "ana@acme.example", /not an e-mail address/],
  ["an address with a line break in it", ["a\nb@acme.example"], "ana@acme.example", /not an e-mail address/],
  [
    "an address that is too long",
    [`${"x".repeat(320)}@acme.example`],
    "ana@acme.example",
    /longer than 320 characters/,
  ],
  ["no address", [], "ana@acme.example", null],
  ["an empty address", [""], "ana@acme.example", null],
  ["the word null", ["null"], "ana@acme.example", null],
  ["the word undefined", ["undefined"], "ana@acme.example", null],
  ["an address with spaces around it", [" work@acme.example "], "work@acme.example", null],
  ["the second of two work addresses", ["nobody", "work@acme.example"], "work@acme.example", /not an e-mail address/],
];
for (const [title, values, email, problem] of addresses) {
  test(`${title} is passed over or taken as it should be`, (t) => {
    const { profile, problems = [] } = desire(
      aPerson({ emails: values.map((value) => ({ value, type: "work" })) }),
      mapping(),
    );
    t.is(profile.email, email);
    t.is(problems.length, problem === null ? 0 : 1);
    if (problem !== null) t.regex(problems[0] ?? "", problem);
  });
}

test("without a usable address the e-mail is empty, and why is told", (t) => {
  const person = aPerson();
  const nobody: Person = { ...person, user: { ...person.user, userName: "ana", resource: { userName: "ana" } } };
  const { profile, problems } = desire(nobody, mapping());
  t.is(profile.email, "");
  t.deepEqual(problems, ["The value of userName is not an e-mail address."]);
});

test("names that are too long are passed over, control characters are smoothed", (t) => {
  const { profile, problems } = desire(
    aPerson({ displayName: "x".repeat(257), name: { formatted: "Ana\u0000\nLi" } }),
    mapping(),
  );
  t.is(profile.displayName, "Ana Li");
  t.deepEqual(problems, ["The value of displayName is longer than 256 characters."]);
});

test("a field with no path is not ours", (t) => {
  t.false("displayName" in desire(aPerson({ displayName: "Ana" }), mapping({ account: { displayName: [] } })).profile);
});

test("a value that is no text is no value", (t) => {
  t.false(
    "displayName" in
      desire(aPerson({ displayName: "Ana" }), mapping({ account: { displayName: ["active", "name"] } })).profile,
  );
});

test("a department gives its groups, and the rule is named", (t) => {
  const { groups, because, unmapped } = desire(inDepartment("Sales US"), departments());
  t.deepEqual(groups, ["All Sales", "Sales US"]);
  t.deepEqual(because, [
    'groups.rules[0]: department "Sales US" → Sales US',
    'groups.rules[0]: department "Sales US" → All Sales',
    "seats.default → seat standard",
  ]);
  t.deepEqual(unmapped, []);
});

test("a value that no rule names is reported, ignored, or has a group of its own", (t) => {
  const ops = inDepartment("Ops");
  t.deepEqual(desire(ops, departments()).unmapped, ["department: Ops"]);
  t.deepEqual(desire(ops, departments({ unmapped: "ignore" })).unmapped, []);
  const everyoneElse = desire(ops, departments({ unmapped: { group: "Everyone else" } }));
  t.deepEqual(everyoneElse.groups, ["Everyone else"]);
  t.is(everyoneElse.because[0], 'groups.rules[0]: department "Ops" (unmapped) → Everyone else');
});

test("values are compared exactly", (t) => {
  for (const value of ["sales", "Sales ", "constructor", "__proto__", "toString"]) {
    t.deepEqual(desire(inDepartment(value), departments()).groups, [], value);
  }
});

test("nobody without a value is put anywhere or reported", (t) => {
  for (const person of [aPerson(), inDepartment("")]) {
    const { groups, unmapped } = desire(person, departments({ unmapped: { group: "Everyone else" } }));
    t.deepEqual([groups, unmapped], [[], []]);
  }
});

test("an attribute with several values gives several groups, each once", (t) => {
  const rules = [{ attribute: "roles.value", values: { a: "A", b: ["B", "A"] } }];
  const person = aPerson({ roles: [{ value: "b" }, { value: "a" }, { value: "c" }, { value: "b" }, { value: "c" }] });
  const { groups, unmapped } = desire(person, mapping({ groups: { rules } }));
  t.deepEqual(groups, ["A", "B"]);
  t.deepEqual(unmapped, ["roles.value: c"]);
});

test("numbers and booleans are compared as they are written", (t) => {
  const rules = [{ attribute: "active", values: { true: "Active" } }];
  t.deepEqual(desire(aPerson(), mapping({ groups: { rules } })).groups, ["Active"]);
});

test("a value that has parts is no text, and nobody is put anywhere by it", (t) => {
  const rules = [{ attribute: "name", values: { "[object Object]": "A" } }];
  const { groups, unmapped } = desire(aPerson({ name: { givenName: "Ana" } }), mapping({ groups: { rules } }));
  t.deepEqual([groups, unmapped], [[], []]);
});

test("a condition puts whoever matches into its groups", (t) => {
  const rules = [{ when: 'title co "Manager"', group: ["Managers", "Staff"] }];
  const found = desire(aPerson({ title: "Sales Manager" }), mapping({ groups: { rules } }));
  t.deepEqual(found.groups, ["Managers", "Staff"]);
  t.is(found.because[0], 'groups.rules[0]: title co "Manager" → Managers');
  t.deepEqual(desire(aPerson({ title: "Clerk" }), mapping({ groups: { rules } })).groups, []);
});

test("a condition may ask for id, userName, externalId and active", (t) => {
  const rules = [{ when: 'id eq "u1" and userName sw "ana" and externalId eq "00u1" and active eq true', group: "Me" }];
  const person = aPerson({ externalId: "00u1" }, { externalId: "00u1" });
  t.deepEqual(desire(person, mapping({ groups: { rules } })).groups, ["Me"]);
});

test("an attribute that no schema knows matches nothing", (t) => {
  t.deepEqual(desire(aPerson(), mapping({ groups: { rules: [{ when: "shoeSize pr", group: "A" }] } })).groups, []);
});

test("members of a directory group are put into the product's", (t) => {
  const rules = [{ directoryGroup: "Support Tier 1", group: "Support" }];
  const found = desire(aPerson({}, { groups: ["Other", "Support Tier 1"] }), mapping({ groups: { rules } }));
  t.deepEqual(found.groups, ["Support"]);
  t.is(found.because[0], 'groups.rules[0]: member of "Support Tier 1" → Support');
  t.deepEqual(desire(aPerson({}, { groups: ["SUPPORT Tier 1"] }), mapping({ groups: { rules } })).groups, ["Support"]);
  t.deepEqual(desire(aPerson({}, { groups: ["Support Tier 2"] }), mapping({ groups: { rules } })).groups, []);
});

test("the first seat rule that matches decides seat and rank", (t) => {
  const seats = {
    rules: [
      { when: 'userType eq "Contractor"', seat: null },
      { when: "title pr", seat: "premium" },
    ],
    default: null,
  };
  const found = (resource: JsonObject) => {
    const { seat, seatRank, because } = desire(aPerson(resource), mapping({ seats }));
    return [seat, seatRank, because.at(-1)];
  };
  t.deepEqual(found({ userType: "Contractor", title: "x" }), [
    null,
    0,
    'seats.rules[0]: userType eq "Contractor" → no seat',
  ]);
  t.deepEqual(found({ title: "x" }), ["premium", 1, "seats.rules[1]: title pr → seat premium"]);
  t.deepEqual(found({}), [null, 2, "seats.default → no seat"]);
});

const leavers: readonly (readonly [
  title: string,
  person: Person,
  scope: string | null,
  leaver: string | undefined,
  because: string,
])[] = [
  ["somebody deleted", aPerson({}, { deletedAt: AT }), null, "deleted", "the directory deleted this person"],
  [
    "somebody deleted and inactive",
    aPerson({}, { deletedAt: AT, active: false }),
    null,
    "deleted",
    "the directory deleted this person",
  ],
  ["somebody inactive", aPerson({}, { active: false }), null, "inactive", "the directory says active: false"],
  [
    "somebody out of scope",
    aPerson({ userType: "Robot" }),
    'userType ne "Robot"',
    "out-of-scope",
    'out of scope: userType ne "Robot" does not match',
  ],
];
for (const [title, person, scope, leaver, because] of leavers) {
  test(`${title} should have nothing, and is still recognised`, (t) => {
    const rules = [{ when: "userName pr", group: "Everybody" }];
    const found = desire(person, mapping({ scope, groups: { rules } }));
    t.like(found, {
      status: "deactivated",
      leaver,
      seat: null,
      groups: [],
      because: [because],
      profile: { email: "ana@acme.example" },
    });
  });
}

test("somebody in scope is no leaver", (t) => {
  t.is(desire(aPerson(), mapping({ scope: 'userType ne "Robot"' })).status, "active");
});

test("a mapping knows every group that a rule names", (t) => {
  const rules = [
    { attribute: "title", values: { a: "A", b: ["B", "C"] }, unmapped: { group: "D" } },
    { when: "title pr", group: ["E", "A"] },
    { directoryGroup: "x", group: "F" },
  ];
  const { managedGroups, version, rehire } = mapping({ groups: { rules }, rehire: "link" });
  t.deepEqual([...managedGroups], ["A", "B", "C", "D", "E", "F"]);
  t.deepEqual([version, rehire], [3, "link"]);
});

test("scope and conditions may ask for the directory groups of a person", (t) => {
  const rules = [{ when: 'groups.display eq "Tier 1"', group: "Support" }];
  const byGroup = mapping({ scope: 'groups.display eq "Staff"', groups: { rules } });
  t.true(byGroup.scope?.readsGroups);
  t.false(mapping({ scope: "active eq true" }).scope?.readsGroups);
  t.is(desire(aPerson({}, { groups: ["Staff"] }), byGroup).status, "active");
  t.deepEqual(desire(aPerson({}, { groups: ["Staff", "Tier 1"] }), byGroup).groups, ["Support"]);
  t.is(desire(aPerson({}, { groups: ["Others"] }), byGroup).leaver, "out-of-scope");
});

for (const [title, edit] of [
  ["the same account fields", { seats: { default: null, rules: [] } }],
  ["other account fields", { account: { email: ["userName"], displayName: ["nickName"] } }],
] as const) {
  test(`under two mappings with ${title}, somebody should have what they should have under each`, (t) => {
    const saved = mapping({ scope: "active eq true", groups: { rules: [{ when: 'title sw "VP"', group: "Leads" }] } });
    const next = compileMapping(parseMapping(edit), 4, saved);
    const people = [
      aPerson({ title: "VP", nickName: "Annie", displayName: "Ana" }, { externalId: "00u1" }),
      aPerson({ emails: [{ value: "not an address" }] }),
      aPerson({}, { active: false }),
      aPerson({}, { deletedAt: AT }),
    ];
    t.is(next.account === saved.account, title === "the same account fields");
    for (const person of people)
      t.deepEqual(desireUnderBoth(person, saved, next), [desire(person, saved), desire(person, next)]);
  });
}
