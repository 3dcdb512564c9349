import test, { type ExecutionContext } from "ava";
import type { DirectoryUser } from "../../../src/domain/directory.ts";
import type { ChangeKind, LimitName } from "../../../src/domain/plan.ts";
import {
  accountOf,
  book,
  hire,
  LEAVERS,
  NO_LIMITS,
  openTestBridge,
  patch,
  replace,
  runFull,
  type BridgeOptions,
  type TestBridge,
} from "../../support/bridge.ts";

const NONE = { floor: 2, max: 2, percent: null } as const;

/** What exceeds one limit, and which change it is. */
interface Excess {
  readonly kind: ChangeKind;
  readonly options?: BridgeOptions;
  /** Makes three changes under the limit come due; p0 to p5 are in step. */
  provoke(bridge: TestBridge, people: readonly DirectoryUser[]): Promise<void>;
}

const each = (people: readonly DirectoryUser[], work: (person: DirectoryUser) => Promise<unknown>): Promise<unknown> =>
  Promise.all(people.slice(0, 3).map(work));

const EXCESSES: Readonly<Record<LimitName, Excess>> = {
  deactivate: {
    kind: "deactivate-account",
    async provoke(bridge, people) {
      await each(people, ({ id }) => patch(bridge, id, { active: false }));
    },
  },
  delete: {
    kind: "delete-account",
    options: { leavers: { ...LEAVERS, action: "delete" } },
    async provoke(bridge, people) {
      await each(people, ({ id }) => patch(bridge, id, { active: false }));
    },
  },
  cancelBookings: {
    kind: "cancel-booking",
    async provoke(bridge, people) {
      for (let hours = 1; hours <= 3; hours += 1) book(bridge, "p0@acme.example", hours);
      await patch(bridge, people[0]!.id, { active: false });
    },
  },
  removeFromGroup: {
    kind: "remove-from-group",
    async provoke(bridge, people) {
      await each(people, ({ id, userName }) => replace(bridge, id, userName));
    },
  },
  releaseSeat: {
    kind: "release-seat",
    async provoke(bridge, people) {
      await each(people, ({ id }) => patch(bridge, id, { userType: "Contractor" }));
    },
  },
  update: {
    kind: "update-account",
    async provoke(bridge, people) {
      await each(people, ({ id }) => patch(bridge, id, { displayName: "Another name" }));
    },
  },
  create: {
    kind: "create-account",
    async provoke(bridge) {
      for (let n = 0; n < 3; n += 1) await hire(bridge, `new${n}@acme.example`);
    },
  },
  adopt: {
    kind: "adopt-account",
    async provoke(bridge) {
      for (let n = 0; n < 3; n += 1) {
        bridge.product.state.addAccount({ profile: { email: `old${n}@acme.example`, displayName: `old${n}` } });
        await hire(bridge, `old${n}@acme.example`);
      }
    },
  },
};

/** A company of six in step, under this one limit of two changes a day. */
async function company(t: ExecutionContext, limit: LimitName, options: BridgeOptions = {}) {
  const bridge = await openTestBridge(t, options);
  const people: DirectoryUser[] = [];
  for (let n = 0; n < 6; n += 1) people.push(await hire(bridge, `p${n}@acme.example`, { department: "Sales" }));
  await runFull(bridge);
  bridge.clock.advance(25 * 60 * 60_000);
  bridge.restart({ policy: { ...bridge.settings.policy, limits: { ...NO_LIMITS, [limit]: NONE } } });
  return { bridge, people };
}

for (const [name, { kind, options, provoke }] of Object.entries(EXCESSES)) {
  const limit = name as LimitName;
  test(`three changes where limits.${limit} allows two are held together, the rest goes on, and an approval lets them through`, async (t) => {
    const { bridge, people } = await company(t, limit, options);
    await provoke(bridge, people);
    // Something else for everybody: the last of the company moves, or, where that is what is limited, joins a group.
    await patch(bridge, people[5]!.id, limit === "update" ? { title: "Manager" } : { displayName: "Moved" });
    const report = await runFull(bridge);
    t.is(report.outcome, "held");
    t.like(report.summary.breaches, [{ limit, planned: 3, spent: 0, allowed: 2, rule: "budget" }]);
    t.is(report.changed[kind], undefined);
    const last = accountOf(bridge, "p5@acme.example");
    if (limit === "update") t.is(last?.groups.length, 2);
    else t.is(last?.profile.displayName, "Moved");
    const { items } = await bridge.store.holds.held(100);
    const details = items.filter(({ hold }) => hold === "over-limit").map(({ detail }) => detail);
    t.is(details.length, 3);
    for (const detail of details) t.regex(detail, new RegExp(`limit 2 \\(limits\\.${limit}\\).*rosterbridge approve`));
    await bridge.services().permissions.approve(report.digest, { author: "cli", reason: "looked at" });
    t.is((await runFull(bridge)).changed[kind], 3);
  });
}

test("one leaver with more bookings than the budget: the bookings are held, access and seat end", async (t) => {
  const { bridge, people } = await company(t, "cancelBookings");
  for (let hours = 1; hours <= 5; hours += 1) book(bridge, "p0@acme.example", hours);
  await patch(bridge, people[0]!.id, { active: false });
  const report = await runFull(bridge);
  t.is(report.outcome, "held");
  t.is(bridge.product.state.mails.length, 0);
  t.like(accountOf(bridge, "p0@acme.example"), { status: "deactivated", seat: null });
  await bridge.services().permissions.approve(report.digest, { author: "cli", reason: "looked at" });
  await runFull(bridge);
  t.is(bridge.product.state.mails.length, 5);
});
