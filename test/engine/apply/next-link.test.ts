import test from "ava";
import type { AccountLink, DriftField, Entitlements } from "../../../src/domain/account.ts";
import type { Cause, PersonChange } from "../../../src/domain/plan.ts";
import { fieldsPutBack, nextLink } from "../../../src/engine/apply/next-link.ts";
import {
  NOW,
  STANDARD,
  aDesired,
  aLink,
  aProfile,
  asAccount,
  asSeat,
  asUser,
  groupId,
} from "../../support/plan-builders.ts";

const ana = asUser("ana");
const account = asAccount("m-ana");
const ref = { by: "id", id: account } as const;
const LATER = aLink().linkedAt;
const BARE: Entitlements = { seat: null, groups: [] };
const GIVEN: Entitlements = { seat: STANDARD, groups: ["Sales"] };

function why(cause: Cause): { readonly cause: Cause; readonly because: readonly string[] } {
  return { cause, because: [] };
}
function seat(kind: "assign-seat" | "release-seat", cause: Cause, name = "standard"): PersonChange {
  return { kind, ...why(cause), account: ref, seat: asSeat(name) };
}
function group(kind: "add-to-group" | "remove-from-group", cause: Cause, name: string): PersonChange {
  return { kind, ...why(cause), account: ref, group: { by: "id", id: groupId(name), name } };
}
function update(cause: Cause, before: object, after: object): PersonChange {
  return { kind: "update-account", ...why(cause), account, before: aProfile(before), after: aProfile(after) };
}
function onAccount(kind: "reactivate-account" | "deactivate-account", cause: Cause): PersonChange {
  return { kind, ...why(cause), account };
}

interface Row {
  readonly title: string;
  readonly link: Partial<AccountLink>;
  readonly change: PersonChange;
  readonly counted?: readonly DriftField[];
  /** What differs afterwards; null: the link stays as it is. */
  readonly next: Partial<AccountLink> | null;
}

const rows: readonly Row[] = [
  {
    title: "a seat that is given is remembered",
    link: { entitlements: BARE, repairs: { seat: 2 } },
    change: seat("assign-seat", "joiner"),
    next: { entitlements: { seat: STANDARD, groups: [] }, repairs: {} },
  },
  {
    title: "a seat that is freed is forgotten",
    link: { entitlements: GIVEN },
    change: seat("release-seat", "leaver"),
    next: { entitlements: { seat: null, groups: ["Sales"] } },
  },
  {
    title: "a seat that is put back was remembered all the time, and is counted",
    link: { entitlements: GIVEN, repairs: { groups: 1 } },
    change: seat("release-seat", "drift", "gold"),
    next: { entitlements: GIVEN, repairs: { groups: 1, seat: 1 } },
  },
  {
    title: "the other half of a seat that is put back is not counted again",
    link: { entitlements: GIVEN, repairs: { seat: 1 } },
    change: seat("assign-seat", "drift"),
    counted: ["seat"],
    next: { entitlements: GIVEN, repairs: { seat: 1 } },
  },
  {
    title: "a group that is joined is remembered in order, and edits of groups are forgiven",
    link: { entitlements: GIVEN, repairs: { groups: 3, seat: 3 } },
    change: group("add-to-group", "mover", "Managers"),
    next: { entitlements: { seat: STANDARD, groups: ["Managers", "Sales"] }, repairs: { seat: 3 } },
  },
  {
    title: "a group that was there already is remembered once",
    link: { entitlements: GIVEN },
    change: group("add-to-group", "mover", "Sales"),
    next: { entitlements: GIVEN },
  },
  {
    title: "a group that is left is forgotten",
    link: { entitlements: GIVEN },
    change: group("remove-from-group", "mover", "Sales"),
    next: { entitlements: { seat: STANDARD, groups: [] } },
  },
  {
    title: "a group that is put back is counted",
    link: { entitlements: GIVEN, repairs: { groups: 2 } },
    change: group("add-to-group", "drift", "Sales"),
    next: { entitlements: GIVEN, repairs: { groups: 3 } },
  },
  {
    title: "where nothing is remembered a single group does not make it whole",
    link: { entitlements: null },
    change: group("add-to-group", "drift", "Sales"),
    next: { entitlements: null, repairs: {} },
  },
  {
    title: "fields that are put back are counted, those that the directory moved are forgiven, the rest stays",
    link: {
      applied: aProfile({ locale: "de", timezone: "CET" }),
      repairs: { displayName: 1, locale: 3, timezone: 3 },
    },
    change: update(
      "mover",
      { displayName: "Annie", locale: "fr", timezone: "CET" },
      { displayName: "Ana", locale: "es", timezone: "CET" },
    ),
    next: { applied: aProfile({ locale: "es", timezone: "CET" }), repairs: { displayName: 2, timezone: 3 } },
  },
  {
    title: "a field that is left as it was found keeps what was written last",
    link: { applied: aProfile({ locale: "de" }) },
    change: update("mover", { displayName: "Annie", locale: "de" }, { displayName: "Annie", locale: "en" }),
    next: { applied: aProfile({ locale: "en" }) },
  },
  {
    title: "the first update is remembered whole",
    link: { applied: null },
    change: update("mover", { displayName: "Annie" }, { displayName: "Ana" }),
    next: { applied: aProfile() },
  },
  {
    title: "whoever returns starts afresh",
    link: { offboardedAt: NOW, entitlements: BARE, repairs: { status: 1, displayName: 3 } },
    change: onAccount("reactivate-account", "rehire"),
    next: { offboardedAt: null, repairs: {} },
  },
  {
    title: "an account that was deactivated by hand and is opened is counted",
    link: { repairs: { status: 1 } },
    change: onAccount("reactivate-account", "drift"),
    next: { repairs: { status: 2 } },
  },
  {
    title: "a leaver is shut for the first time: edits of the status are forgiven, seat and groups stay as they are",
    link: { entitlements: GIVEN, repairs: { status: 3, seat: 1 } },
    change: onAccount("deactivate-account", "leaver"),
    next: { entitlements: GIVEN, repairs: { seat: 1 } },
  },
  {
    title: "a leaver is shut again after somebody opened the account",
    link: { offboardedAt: NOW, entitlements: BARE },
    change: onAccount("deactivate-account", "leaver"),
    next: { repairs: { status: 1 } },
  },
  {
    title: "a deletion is none of the link's business",
    link: {},
    change: { kind: "delete-account", ...why("leaver"), account },
    next: null,
  },
  {
    title: "an account that is made anew shares only the quarrel over its being there",
    link: { entitlements: GIVEN, repairs: { status: 1, displayName: 3, groups: 2 } },
    change: { kind: "create-account", ...why("drift"), desired: aDesired() },
    next: { account: asAccount("m-new"), applied: aProfile(), entitlements: BARE, repairs: { status: 2 } },
  },
  {
    title: "an account that is made for whoever returns has no past",
    link: { offboardedAt: NOW, repairs: { status: 1, displayName: 3 } },
    change: { kind: "create-account", ...why("drift"), desired: aDesired() },
    next: { account: asAccount("m-new"), offboardedAt: null, entitlements: BARE, repairs: {} },
  },
  {
    title: "an adoption starts with what the account shows",
    link: { repairs: { status: 1 } },
    change: {
      kind: "adopt-account",
      ...why("joiner"),
      account: asAccount("m-2"),
      origin: "adopted",
      profile: aProfile({ displayName: "A." }),
      entitlements: GIVEN,
    },
    next: {
      account: asAccount("m-2"),
      origin: "adopted",
      applied: aProfile({ displayName: "A." }),
      entitlements: GIVEN,
      repairs: {},
    },
  },
];

for (const { title, link, change, counted = [], next } of rows) {
  test(title, (t) => {
    const before = aLink(link);
    const holding = { user: ana, link: before, putBack: new Set(counted) };
    const after = nextLink(holding, change, { effect: "changed", account: asAccount("m-new") }, LATER);
    t.deepEqual(after, next === null ? null : { ...before, ...next });
  });
}

test("a first account starts with no seat and no groups", (t) => {
  const holding = { user: ana, link: null, putBack: new Set<DriftField>() };
  const create: PersonChange = { kind: "create-account", ...why("joiner"), desired: aDesired() };
  const link = nextLink(holding, create, { effect: "changed", account }, NOW);
  t.deepEqual(link, aLink({ entitlements: BARE }));
  t.throws(() => nextLink(holding, create, { effect: "changed" }, NOW), { instanceOf: TypeError });
});

test("an adoption that an older version journalled remembers no seat and no groups", (t) => {
  const adopt: PersonChange = {
    kind: "adopt-account",
    ...why("joiner"),
    account,
    origin: "created",
    profile: aProfile(),
  };
  t.is(nextLink({ user: ana, link: null, putBack: new Set() }, adopt, { effect: "changed" }, NOW)?.entitlements, null);
});

test("without a link nothing is remembered and nothing was put back", (t) => {
  const change = seat("assign-seat", "drift");
  t.is(nextLink({ user: ana, link: null, putBack: new Set() }, change, { effect: "changed" }, NOW), null);
  t.deepEqual(fieldsPutBack(null, change), []);
});
