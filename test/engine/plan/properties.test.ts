import test from "ava";
import fc from "fast-check";
import { ConnectorError } from "../../../src/domain/errors.ts";
import type { ObservedAccount } from "../../../src/domain/account.ts";
import {
  createTestBridge,
  dryRun,
  NO_LIMITS,
  runFull,
  type BridgeOptions,
  type TestBridge,
} from "../../support/bridge.ts";
import {
  createCompany,
  emailOf,
  killedRun,
  push,
  run,
  useProduct,
  type Company,
  type CompanyEvent,
} from "../../support/company.ts";

const strangers = [
  { profile: { email: "x@acme.example", displayName: "Stranger" } },
  { profile: { email: "boss@acme.example" }, role: "admin" },
  { profile: { email: "old@acme.example" }, status: "deactivated" },
] as const;

async function inCompany(
  events: readonly CompanyEvent[],
  check: (bridge: TestBridge, company: Company) => Promise<void>,
  options: BridgeOptions = {},
): Promise<void> {
  const { bridge, close } = await createTestBridge(options);
  try {
    for (const stranger of strangers) bridge.product.state.addAccount(stranger);
    const company = createCompany(bridge);
    for (const event of events) await company.happen(event);
    await check(bridge, company);
  } finally {
    await close();
  }
}

const RUN = { what: "run", lane: "full", killAt: null } as const;
const RELEASE = { what: "release" } as const;
const accounts = ({ product }: TestBridge): readonly ObservedAccount[] => [...product.state.accounts.values()];
const ours = (bridge: TestBridge): readonly ObservedAccount[] =>
  accounts(bridge).filter(({ profile }) => /^p\d@/.test(profile.email));

/** One account at most for each identity, strangers as they were, everybody as the IdP says, nobody told twice. */
function expectSound(
  t: { deepEqual(a: unknown, b: unknown, m?: string): void },
  bridge: TestBridge,
  company: Company,
): void {
  const emails = ours(bridge).map(({ profile }) => profile.email);
  t.deepEqual(emails.length, new Set(emails).size, "one account per identity");
  const shown = accounts(bridge).filter(({ profile }) =>
    strangers.some(({ profile: own }) => own.email === profile.email),
  );
  t.deepEqual(
    shown.map(({ id: _, ...account }) => account),
    strangers.map((stranger) => ({ status: "active", role: "member", seat: null, groups: [], ...stranger })),
    "nobody else's account was touched",
  );
  const active = ours(bridge).filter(({ status }) => status === "active");
  const wanted = [...company.staff].filter(([, { active: isActive }]) => isActive).map(([who]) => emailOf(who));
  t.deepEqual(
    active.map(({ profile }) => profile.email).sort(),
    wanted.sort(),
    "exactly those who should be are active",
  );
  for (const account of ours(bridge)) {
    t.deepEqual(account.seat, account.status === "active" ? "standard" : null, `the seat of ${account.profile.email}`);
  }
  const mails = bridge.product.state.mails.map(({ booking }) => booking);
  t.deepEqual(mails.length, new Set(mails).size, "no guest is told twice");
}

test("whatever happens, three runs bring it in step, and the fourth writes nothing", async (t) => {
  t.timeout(120_000);
  const events = fc.array(fc.oneof({ weight: 3, arbitrary: push }, { weight: 2, arbitrary: run }, useProduct), {
    maxLength: 16,
  });
  const property = fc.asyncProperty(events, (history) =>
    inCompany([...history, RELEASE, RUN, RUN, RUN], async (bridge, company) => {
      expectSound(t, bridge, company);
      const before = bridge.product.writes.length;
      t.deepEqual((await dryRun(bridge)).people, []);
      t.is((await runFull(bridge)).outcome, "done");
      t.is(bridge.product.writes.length, before);
      t.is(await bridge.store.wakes.count(), 0);
    }),
  );
  await fc.assert(property, { numRuns: 25 });
});

test("killed at any step, as often as it may be, it ends in step and tells nobody twice", async (t) => {
  t.timeout(120_000);
  const events = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: push },
      { weight: 3, arbitrary: killedRun },
      { weight: 1, arbitrary: run },
      useProduct,
    ),
    { minLength: 4, maxLength: 16 },
  );
  const property = fc.asyncProperty(events, (history) =>
    inCompany([...history, RELEASE, RUN, RUN, RUN], async (bridge, company) => {
      expectSound(t, bridge, company);
      const before = bridge.product.writes.length;
      await runFull(bridge);
      t.is(bridge.product.writes.length, before);
    }),
  );
  await fc.assert(property, { numRuns: 25 });
});

test("when runs are made, and of which lane, changes nothing about where it ends", async (t) => {
  t.timeout(120_000);
  const pushes = fc.array(push, { minLength: 2, maxLength: 12 });
  const property = fc.asyncProperty(
    pushes,
    fc.array(fc.option(run, { nil: null }), { minLength: 12, maxLength: 12 }),
    async (history, runs) => {
      const ends: unknown[] = [];
      const mixed = history.flatMap((event, index) => [event, ...(runs[index] ? [runs[index]] : [])]);
      for (const events of [history, mixed]) {
        await inCompany([...events, RUN, RUN], async (bridge, company) => {
          expectSound(t, bridge, company);
          const names = new Map([...bridge.product.state.groups.values()].map(({ id, name }) => [id, name]));
          const active = ours(bridge).filter(({ status }) => status === "active");
          ends.push(
            active
              .map(({ profile, seat, groups }) => ({
                ...profile,
                seat,
                groups: groups.map((id) => names.get(id)).sort(),
              }))
              .sort((a, b) => (a.email < b.email ? -1 : 1)),
          );
        });
      }
      t.deepEqual(ends[1], ends[0]);
    },
  );
  await fc.assert(property, { numRuns: 20 });
});

test("whatever leaves, comes back and is killed, no day shuts more accounts than its budget", async (t) => {
  t.timeout(120_000);
  const events = fc.array(
    fc.oneof({ weight: 4, arbitrary: push }, { weight: 3, arbitrary: run }, { weight: 2, arbitrary: killedRun }),
    { minLength: 8, maxLength: 24 },
  );
  const limits = { ...NO_LIMITS, deactivate: { floor: 2, max: 2, percent: 10 } };
  const hired = [0, 1, 2, 3, 4].map((who) => ({ what: "hire", who }) as const);
  const property = fc.asyncProperty(events, (history) =>
    inCompany(
      [...hired, RUN, ...history, RUN],
      async (bridge) => {
        // A change that is made again after it was undone counts once: what is limited is how many people it hits.
        const shut = bridge.product.writes.filter(
          ({ change, effect }) => change.kind === "deactivate-account" && effect === "changed",
        );
        const hit = new Set(shut.map(({ change }) => (change.kind === "deactivate-account" ? change.account : "")));
        t.true(hit.size <= 2, `${hit.size} people were shut out within a day`);
      },
      { limits },
    ),
  );
  await fc.assert(property, { numRuns: 20 });
});

test("a product that fails now and then, before or after the effect, ends in step with nothing made twice", async (t) => {
  t.timeout(120_000);
  const faults = fc.array(fc.constantFrom("none", "none", "none", "before", "after", "refused", "auth"), {
    minLength: 5,
    maxLength: 40,
  });
  const events = fc.array(fc.oneof({ weight: 3, arbitrary: push }, { weight: 2, arbitrary: run }, useProduct), {
    minLength: 4,
    maxLength: 14,
  });
  const property = fc.asyncProperty(events, faults, async (history, plan) => {
    const { bridge, close } = await createTestBridge();
    try {
      for (const stranger of strangers) bridge.product.state.addAccount(stranger);
      const company = createCompany(bridge);
      let calls = 0;
      bridge.product.hook((moment) => {
        const fault = plan[calls % plan.length];
        if (moment === "after") calls += 1;
        if (fault === "after" && moment === "after") throw new ConnectorError("unavailable", "no reply");
        if (moment === "after" || fault === "none" || fault === "after") return;
        calls += 1;
        if (fault === "before") throw new ConnectorError("unavailable", "503");
        if (fault === "refused") throw new ConnectorError("rejected", "422");
        throw new ConnectorError("auth", "401");
      });
      for (const event of history) {
        await company.happen(event).catch((error: unknown) => {
          if (!(error instanceof ConnectorError)) throw error;
        });
      }
      bridge.product.hook(null);
      for (const event of [RELEASE, RUN, RUN, RUN]) await company.happen(event);
      expectSound(t, bridge, company);
      const before = bridge.product.writes.length;
      await runFull(bridge);
      t.is(bridge.product.writes.length, before);
    } finally {
      await close();
    }
  });
  await fc.assert(property, { numRuns: 25 });
});
