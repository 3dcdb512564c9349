import test from "ava";
import type { AccountProfile } from "../../../src/domain/account.ts";
import { createBody, patchBody, profileEdits, replacementBody, type Edit } from "../../../src/connectors/scim/edits.ts";
import { parseScimRecipe, STANDARD_RECIPE, type ScimRecipe } from "../../../src/connectors/scim/recipe.ts";
import { aDesiredAccount } from "../../contracts/connector-harness.ts";
import { readRecipe } from "../../support/scim-products.ts";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const calendly = parseScimRecipe(readRecipe("calendly"), "calendly");
const freebusy = parseScimRecipe(readRecipe("freebusy"), "freebusy");
const own = (recipe: object): ScimRecipe => parseScimRecipe(JSON.stringify(recipe), "own");

const PROFILE: AccountProfile = {
  email: "ana@acme.example",
  displayName: "Ana Lima",
  givenName: "Ana",
  familyName: "Lima",
  timezone: "Europe/Lisbon",
  locale: "pt",
};

const BODIES: Readonly<Record<string, readonly [recipe: ScimRecipe, body: object]>> = {
  "by the standard": [
    STANDARD_RECIPE,
    {
      externalId: "acme/user-ana",
      displayName: "Ana Lima",
      name: { givenName: "Ana", familyName: "Lima" },
      emails: [{ value: "ana@acme.example", type: "work", primary: true }],
      timezone: "Europe/Lisbon",
      locale: "pt",
    },
  ],
  "to Calendly, which refuses all others": [calendly, { externalId: "acme/user-ana", displayName: "Ana Lima" }],
  "to FreeBusy, which keeps no externalId": [
    freebusy,
    {
      name: { givenName: "Ana", familyName: "Lima" },
      emails: [{ value: "ana@acme.example", type: "work", primary: true }],
    },
  ],
  "where names stand elsewhere": [
    own({
      attributes: {
        displayName: "name.formatted",
        timezone: null,
        emails: false,
        externalId: false,
        locale: "preferredLanguage",
      },
    }),
    { name: { formatted: "Ana Lima", givenName: "Ana", familyName: "Lima" }, preferredLanguage: "pt" },
  ],
  "where a field is read only": [
    own({ attributes: { emails: false, externalId: false, timezone: null, locale: null }, readOnly: ["displayName"] }),
    { name: { givenName: "Ana", familyName: "Lima" } },
  ],
};
for (const [what, [recipe, body]] of Object.entries(BODIES)) {
  test(`a new user is sent with the named attributes alone, ${what}`, (t) => {
    const sent = createBody(aDesiredAccount({ profile: PROFILE }), recipe);
    t.deepEqual(sent, { schemas: [USER], userName: "ana@acme.example", active: true, ...body });
  });
}

test("an attribute of an extension brings its schema with it", (t) => {
  const recipe = own({ attributes: { displayName: `${ENTERPRISE}:division` } });
  const body = createBody(aDesiredAccount({ profile: { email: "ana@acme.example", displayName: "Ana" } }), recipe);
  t.deepEqual(body["schemas"], [USER, ENTERPRISE]);
  t.deepEqual(body[ENTERPRISE], { division: "Ana" });
});

const UPDATES: Readonly<Record<string, readonly [recipe: ScimRecipe, after: AccountProfile, edits: readonly Edit[]]>> =
  {
    "nothing differs": [STANDARD_RECIPE, PROFILE, []],
    "a field that is not ours": [STANDARD_RECIPE, { email: PROFILE.email }, []],
    "two fields": [
      STANDARD_RECIPE,
      { ...PROFILE, displayName: "Ana L.", locale: "en" },
      [
        { path: "displayName", value: "Ana L." },
        { path: "locale", value: "en" },
      ],
    ],
    "the address": [
      STANDARD_RECIPE,
      { email: "al@acme.example" },
      [
        { path: "userName", value: "al@acme.example" },
        { path: "emails", work: "al@acme.example" },
      ],
    ],
    "a field that the product does not have": [calendly, { ...PROFILE, timezone: "UTC" }, []],
  };
for (const [what, [recipe, after, edits]] of Object.entries(UPDATES)) {
  test(`an update writes what differs: ${what}`, (t) => {
    t.deepEqual(profileEdits(PROFILE, after, recipe), edits);
  });
}

const WORK = { value: "ana@acme.example", type: "Work", primary: true };
const HOME = { value: "ana@home.example", type: "home" };
const EMAILS: Readonly<Record<string, readonly [shown: object, operation: object, replaced: readonly object[]]>> = {
  "where there is one": [
    { emails: [HOME, WORK] },
    { op: "replace", path: 'emails[type eq "work"].value', value: "al@acme.example" },
    [HOME, { ...WORK, value: "al@acme.example" }],
  ],
  "where there is another": [
    { emails: [HOME] },
    { op: "add", path: "emails", value: [{ value: "al@acme.example", type: "work", primary: false }] },
    [HOME, { value: "al@acme.example", type: "work", primary: false }],
  ],
  "where there is none": [
    {},
    { op: "add", path: "emails", value: [{ value: "al@acme.example", type: "work", primary: true }] },
    [{ value: "al@acme.example", type: "work", primary: true }],
  ],
};
for (const [what, [shown, operation, replaced]] of Object.entries(EMAILS)) {
  test(`the work e-mail is written beside all others, ${what}`, (t) => {
    const edits = [{ path: "emails", work: "al@acme.example" }] as const;
    t.deepEqual(patchBody(edits, { ...shown })["Operations"], [operation]);
    t.deepEqual(replacementBody(edits, { ...shown }, STANDARD_RECIPE)["emails"], replaced);
  });
}

test("a PATCH sets and removes by path", (t) => {
  const body = patchBody(
    [
      { path: "active", value: false },
      { path: `${ENTERPRISE}:division`, value: undefined },
    ],
    {},
  );
  t.deepEqual(body, {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: [
      { op: "replace", path: "active", value: false },
      { op: "remove", path: `${ENTERPRISE}:division` },
    ],
  });
});

const SHOWN = {
  schemas: [USER],
  id: "1",
  UserName: "ana@acme.example",
  externalId: "made-by-another-tool",
  active: true,
  nickName: "Annie",
  groups: [{ value: "g" }],
  meta: { version: 'W/"1"' },
};

test("a PUT keeps what the product shows, in its own letter case, and leaves out what only the product writes", (t) => {
  const body = replacementBody([{ path: "userName", value: "al@acme.example" }], SHOWN, STANDARD_RECIPE);
  t.deepEqual(body, {
    schemas: [USER],
    UserName: "al@acme.example",
    externalId: "made-by-another-tool",
    active: true,
    nickName: "Annie",
  });
});

test("a PUT to a product that refuses extra attributes names only those of the recipe, a foreign externalId among them", (t) => {
  t.deepEqual(replacementBody([{ path: "active", value: false }], SHOWN, calendly), {
    schemas: [USER],
    userName: "ana@acme.example",
    active: false,
    externalId: "made-by-another-tool",
  });
});
