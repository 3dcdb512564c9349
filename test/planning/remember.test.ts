import test from "ava";
import type { AccountLink, DesiredAccount, ObservedAccount, Remembered } from "../../src/domain/account.ts";
import { planPerson } from "../../src/planning/person.ts";
import { STANDARD, aContext, aDesired, aProfile, asSeat, groupId, linkedFacts } from "../support/plan-builders.ts";

interface Row {
  readonly title: string;
  readonly desired?: Partial<DesiredAccount>;
  readonly observed?: Partial<ObservedAccount>;
  readonly link?: Partial<AccountLink>;
  readonly remember: Partial<Remembered> | undefined;
}

const BARE = { seat: STANDARD, groups: [] };
const SALES = { seat: STANDARD, groups: ["Sales"] };
const REPAIRS = { displayName: 3, groups: 2, seat: 1 };

const rows: readonly Row[] = [
  { title: "an account in step", link: { entitlements: BARE, repairs: REPAIRS }, remember: undefined },
  { title: "a link of an older version, in step", remember: undefined },
  { title: "a link of an older version that never wrote a profile", link: { applied: null }, remember: undefined },
  {
    title: "a name that both sides changed alike",
    desired: { profile: aProfile({ displayName: "Ana Li" }) },
    observed: { profile: aProfile({ displayName: "Ana Li" }) },
    link: { entitlements: BARE, repairs: REPAIRS },
    remember: {
      applied: aProfile({ displayName: "Ana Li" }),
      entitlements: BARE,
      repairs: { groups: 2, seat: 1 },
    },
  },
  {
    title: "two fields that both sides changed alike, one of which was put back before",
    desired: { profile: aProfile({ displayName: "Ana Li", locale: "de" }) },
    observed: { profile: aProfile({ displayName: "Ana Li", locale: "de" }) },
    link: { entitlements: BARE, repairs: { displayName: 3, groups: 2 } },
    remember: { applied: aProfile({ displayName: "Ana Li", locale: "de" }), repairs: { groups: 2 } },
  },
  {
    title: "a field that the mapping names since, and that is in step",
    desired: { profile: aProfile({ locale: "de" }) },
    observed: { profile: aProfile({ locale: "de" }) },
    link: { entitlements: BARE },
    remember: { applied: aProfile({ locale: "de" }) },
  },
  {
    title: "a group that was taken away by hand before the directory did so",
    link: { entitlements: SALES, repairs: REPAIRS },
    remember: { entitlements: BARE, repairs: { displayName: 3, seat: 1 } },
  },
  {
    title: "a group that was given by hand before the directory did so",
    desired: { groups: ["Sales"] },
    observed: { groups: [groupId("Sales")] },
    link: { entitlements: BARE },
    remember: { entitlements: SALES },
  },
  {
    title: "a group that is still wanted and was taken away by hand",
    desired: { groups: ["Sales"] },
    link: { entitlements: SALES },
    remember: undefined,
  },
  {
    title: "a group that the directory gave, before it is written",
    desired: { groups: ["Sales"] },
    link: { entitlements: BARE },
    remember: undefined,
  },
  {
    title: "a name and a seat that the directory moved, and a group that it took away, before they are written",
    desired: { profile: aProfile({ displayName: "Ana Li" }), seat: asSeat("gold") },
    observed: { groups: [groupId("Sales")] },
    link: { entitlements: SALES, repairs: REPAIRS },
    remember: undefined,
  },
  {
    title: "a group that nobody manages",
    observed: { groups: [groupId("Handmade")] },
    link: { entitlements: BARE },
    remember: undefined,
  },
  {
    title: "a seat that both sides changed alike",
    desired: { seat: asSeat("gold") },
    observed: { seat: asSeat("gold") },
    link: { entitlements: BARE, repairs: REPAIRS },
    remember: { entitlements: { seat: asSeat("gold"), groups: [] }, repairs: { displayName: 3, groups: 2 } },
  },
  {
    title: "a link of an older version, where there is something to change",
    desired: { groups: ["Sales"] },
    observed: { groups: [groupId("Support")] },
    remember: { entitlements: { seat: STANDARD, groups: ["Support"] }, repairs: {} },
  },
  {
    title: "a link of an older version with groups in no order, where there is something to change",
    desired: { groups: ["Support", "Sales", "New"] },
    observed: { groups: [groupId("Support"), groupId("Sales")] },
    remember: { entitlements: { seat: STANDARD, groups: ["Sales", "Support"] }, repairs: {} },
  },
  {
    title: "a link of an older version, where there is one thing to change",
    desired: { groups: ["Sales"] },
    remember: { entitlements: BARE, repairs: {} },
  },
];

for (const { title, desired, observed, link, remember } of rows) {
  test(`${title}: ${remember === undefined ? "nothing new to remember" : "is remembered"}`, (t) => {
    const facts = linkedFacts({ desired: aDesired(desired) }, observed, link);
    const plan = planPerson(facts, aContext());
    if (remember === undefined) t.is(plan.remember, undefined);
    else t.deepEqual(plan.remember, { ...plan.remember, ...remember } as Remembered);
  });
}
