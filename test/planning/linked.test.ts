import test from "ava";
import fc from "fast-check";
import type { ObservedAccount } from "../../src/domain/account.ts";
import { entitlementRules, indexGroups } from "../../src/planning/entitlements.ts";
import { compareLinked, draftLinked } from "../../src/planning/linked.ts";
import { linkedAccount } from "../../src/planning/match.ts";
import { arbitraryContext, arbitraryFacts } from "../support/plan-arbitraries.ts";
import { aContext, groupId, linkedFacts } from "../support/plan-builders.ts";

/** Which parts of an account show just what they should. */
const agreement = fc.record({
  status: fc.boolean(),
  profile: fc.boolean(),
  seat: fc.boolean(),
  groups: fc.boolean(),
});

test("whoever is in step gets the same draft by the short way as by the long one", (t) => {
  let inStep = 0;
  fc.assert(
    fc.property(arbitraryFacts(0), arbitraryContext, agreement, (facts, context, agrees) => {
      const found = linkedAccount(facts);
      const { desired } = facts;
      if (found === null || desired.status !== "active") return;
      const account: ObservedAccount = {
        ...found.account,
        ...(agrees.status ? { status: "active" } : {}),
        ...(agrees.profile ? { profile: { ...found.account.profile, ...desired.profile } } : {}),
        ...(agrees.seat ? { seat: desired.seat } : {}),
        ...(agrees.groups ? { groups: desired.groups.map(groupId) } : {}),
      };
      const rules = entitlementRules(context, indexGroups(context.groups));
      const short = draftLinked(facts, account, found.link, context, rules);
      t.deepEqual(short, compareLinked(facts, account, found.link, context, rules));
      if (short.changes.length + short.held.length + short.notes.length === 0) inStep += 1;
    }),
    { numRuns: 1_500 },
  );
  t.true(inStep > 20, `${inStep} people were in step`);
});

test("somebody in step has nothing to do, to hold or to tell", (t) => {
  const facts = linkedFacts();
  const found = linkedAccount(facts);
  const context = aContext();
  const rules = entitlementRules(context, indexGroups(context.groups));
  if (found === null) return void t.fail("the account is linked");
  t.like(draftLinked(facts, found.account, found.link, context, rules), {
    cause: null,
    changes: [],
    held: [],
    notes: [],
    account: found.account,
  });
});
