import test from "ava";
import type { LimitCounts, LimitName } from "../../src/domain/plan.ts";
import { DEFAULT_LIMITS } from "../../src/domain/policy.ts";
import { ZERO_COUNTS } from "../../src/domain/plan.ts";
import { LIMIT_NAMES, allowance, assess } from "../../src/planning/limits.ts";
import type { Assessment } from "../../src/planning/limits.ts";

function anAssessment(parts: Partial<Assessment> = {}): Assessment {
  return {
    planned: ZERO_COUNTS,
    approved: ZERO_COUNTS,
    spent: ZERO_COUNTS,
    limits: DEFAULT_LIMITS,
    linked: 100,
    active: 1000,
    deactivating: 0,
    ...parts,
  };
}
const counts = (parts: Partial<LimitCounts>): LimitCounts => ({ ...ZERO_COUNTS, ...parts });

const allowances: readonly (readonly [limit: LimitName, linked: number, allowed: number])[] = [
  ["deactivate", 0, 2],
  ["deactivate", 20, 2],
  ["deactivate", 29, 2],
  ["deactivate", 30, 3],
  ["deactivate", 120, 12],
  ["deactivate", 500, 50],
  ["deactivate", 100_000, 50],
  ["cancelBookings", 0, 200],
  ["cancelBookings", 100_000, 200],
  ["removeFromGroup", 49, 10],
  ["removeFromGroup", 100, 20],
  ["update", 10, 25],
  ["create", 0, 50],
  ["create", 101, 50],
  ["create", 102, 51],
  ["create", 5000, 500],
];
for (const [limit, linked, allowed] of allowances) {
  test(`${limit} allows ${allowed} with ${linked} people linked`, (t) => {
    t.is(allowance(DEFAULT_LIMITS[limit], linked), allowed);
  });
}

test("a floor above max wins", (t) => {
  t.is(allowance({ floor: 9, max: 3, percent: null }, 0), 9);
});

for (let people = 0; people <= 12; people += 1) {
  test(`of ${people} people two may be shut in a day, unless nobody would be left`, (t) => {
    for (let leavers = 0; leavers <= people; leavers += 1) {
      const breaches = assess(
        anAssessment({
          planned: counts({ deactivate: leavers }),
          linked: people,
          active: people,
          deactivating: leavers,
        }),
      );
      const rule = leavers === 0 ? undefined : leavers === people ? "last-account" : leavers > 2 ? "budget" : undefined;
      t.is(breaches[0]?.rule, rule, `${leavers} of ${people}`);
    }
  });
}

test("what was done in the last 24 h counts", (t) => {
  const planned = counts({ deactivate: 1 });
  t.deepEqual(assess(anAssessment({ planned, spent: counts({ deactivate: 9 }) })), []);
  t.deepEqual(assess(anAssessment({ planned, spent: counts({ deactivate: 10 }) })), [
    { limit: "deactivate", planned: 1, spent: 10, allowed: 10, rule: "budget" },
  ]);
});

test("a plan that does nothing under a limit does not breach it, however much was done", (t) => {
  t.deepEqual(assess(anAssessment({ spent: counts({ deactivate: 900, create: 900 }) })), []);
});

test("every limit is judged by itself", (t) => {
  const planned = counts({
    create: 51,
    update: 50,
    removeFromGroup: 21,
    releaseSeat: 20,
    cancelBookings: 201,
    adopt: 60,
    delete: 11,
  });
  t.deepEqual(
    assess(anAssessment({ planned })).map(({ limit }) => limit),
    ["delete", "cancelBookings", "removeFromGroup", "create", "adopt"],
  );
});

test("a limit is not breached when all of its changes are approved", (t) => {
  const planned = counts({ deactivate: 37 });
  t.is(assess(anAssessment({ planned, approved: counts({ deactivate: 37 }) })).length, 0);
});

test("a plan that grew since its approval is held again", (t) => {
  const breaches = assess(anAssessment({ planned: counts({ deactivate: 38 }), approved: counts({ deactivate: 37 }) }));
  t.deepEqual(breaches, [{ limit: "deactivate", planned: 38, spent: 0, allowed: 10, rule: "budget" }]);
});

test("shutting the last active account is held within the budget, for deletions, too", (t) => {
  const planned = counts({ deactivate: 1, delete: 1, cancelBookings: 1 });
  const breaches = assess(anAssessment({ planned, active: 1, deactivating: 1 }));
  t.deepEqual(
    breaches.map(({ limit, rule }) => [limit, rule]),
    [
      ["deactivate", "last-account"],
      ["delete", "last-account"],
    ],
  );
});

test("shutting the last active account can be approved", (t) => {
  const planned = counts({ deactivate: 1 });
  t.deepEqual(assess(anAssessment({ planned, approved: planned, active: 1, deactivating: 1 })), []);
});

test("nobody is the last where it is not known how many are active, or where nobody is shut", (t) => {
  t.deepEqual(assess(anAssessment({ planned: counts({ deactivate: 1 }), active: null, deactivating: 1 })), []);
  t.deepEqual(assess(anAssessment({ planned: counts({ delete: 1 }), active: 0, deactivating: 0 })), []);
});

test("every limit has a count", (t) => {
  t.deepEqual(new Set(LIMIT_NAMES), new Set(Object.keys(ZERO_COUNTS)));
});
