import test from "ava";
import { ConnectorError } from "../../../src/domain/errors.ts";
import type { DirectoryUser } from "../../../src/domain/directory.ts";
import { DEFAULT_LIMITS } from "../../../src/domain/policy.ts";
import {
  accountOf,
  book,
  dryRun,
  hire,
  NO_LIMITS,
  openTestBridge,
  patch,
  runFull,
  runUrgent,
  saveMapping,
  type BridgeOptions,
  type TestBridge,
} from "../../support/bridge.ts";
import { STANDARD } from "../../support/plan-builders.ts";
import type { ExecutionContext } from "ava";

const DAY_MS = 24 * 60 * 60 * 1000;
const by = { author: "cli", reason: "they all left" };

/** A bridge with so many people in step, under the deactivation limit that the product ships with. */
async function company(
  t: ExecutionContext,
  size: number,
  options: BridgeOptions = {},
): Promise<{ readonly bridge: TestBridge; readonly people: readonly DirectoryUser[] }> {
  const limits = { ...NO_LIMITS, deactivate: DEFAULT_LIMITS.deactivate };
  const bridge = await openTestBridge(t, { limits, product: { seats: { standard: 1_000 } }, ...options });
  const people = await Promise.all(Array.from({ length: size }, (_, n) => hire(bridge, `p${n}@acme.example`)));
  await runFull(bridge);
  return { bridge, people };
}

async function leave(bridge: TestBridge, people: readonly DirectoryUser[]): Promise<void> {
  await Promise.all(people.map(({ id }) => patch(bridge, id, { active: false })));
}

/** Lets these people leave, and the urgent lane ask for its turn, while a full run is at its first deactivations. */
function pushBeside(bridge: TestBridge, leavers: readonly DirectoryUser[]): () => Promise<unknown> {
  let urgent: Promise<unknown> | undefined;
  let asked: Promise<void> | undefined;
  const ask = async (): Promise<void> => {
    await leave(bridge, leavers);
    urgent = runUrgent(bridge);
    await new Promise((resolve) => setTimeout(resolve, 100));
  };
  bridge.product.hook(async (moment, change) => {
    if (moment === "before" && change.kind === "deactivate-account") await (asked ??= ask());
  });
  return async () => urgent;
}

const shut = ({ product }: TestBridge): number =>
  [...product.state.accounts.values()].filter(({ status }) => status === "deactivated").length;

test("12 of 100 people who leave at once are held; joiners go through; the message gives the way out", async (t) => {
  const { bridge, people } = await company(t, 100);
  await leave(bridge, people.slice(0, 12));
  await hire(bridge, "new@acme.example");
  const report = await runFull(bridge);
  t.is(report.outcome, "held");
  t.is(shut(bridge), 0);
  t.is(accountOf(bridge, "new@acme.example")?.seat, STANDARD);
  const { items } = await bridge.store.holds.held(100);
  const detail = items.find(({ hold }) => hold === "over-limit")?.detail ?? "";
  t.true(detail.startsWith("12 deactivations: 12 in 24 h, limit 10 (limits.deactivate)."), detail);
  t.true(detail.includes(`rosterbridge approve ${report.digest} --reason`), detail);
  t.regex(detail, /rosterbridge release p\d+@acme\.example --reason/);
});

test("ten at once go through, and the eleventh on the same day does not, restart or not", async (t) => {
  const { bridge, people } = await company(t, 100);
  await leave(bridge, people.slice(0, 10));
  t.is((await runFull(bridge)).outcome, "done");
  bridge.restart();
  bridge.clock.advance(DAY_MS / 2);
  await leave(bridge, people.slice(10, 11));
  t.is((await runUrgent(bridge))?.outcome, "held");
  t.is((await runFull(bridge)).outcome, "held");
  t.is(shut(bridge), 10);
  bridge.clock.advance(DAY_MS / 2 + 1000);
  t.is((await runFull(bridge)).outcome, "done");
  t.is(shut(bridge), 11);
});

test("an approval lets exactly what was held through, once", async (t) => {
  const { bridge, people } = await company(t, 30);
  await leave(bridge, people.slice(0, 6));
  const { digest } = await runFull(bridge);
  await bridge.services().permissions.approve(digest.slice(0, 6), by);
  const report = await runFull(bridge);
  t.is(report.outcome, "done");
  t.is(report.changed["deactivate-account"], 6);
  await leave(bridge, people.slice(6, 12));
  t.is((await runFull(bridge)).outcome, "held");
  t.is(shut(bridge), 6);
});

test("an approval is void when the plan has grown: all of it is held again", async (t) => {
  const { bridge, people } = await company(t, 30);
  await leave(bridge, people.slice(0, 6));
  await bridge.services().permissions.approve((await dryRun(bridge)).summary.digest, by);
  await leave(bridge, people.slice(6, 7));
  t.is((await runFull(bridge)).outcome, "held");
  t.is(shut(bridge), 0);
});

test("an approval ends after an hour", async (t) => {
  const { bridge, people } = await company(t, 30);
  await leave(bridge, people.slice(0, 6));
  await bridge.services().permissions.approve((await dryRun(bridge)).summary.digest, by);
  bridge.clock.advance(60 * 60 * 1000);
  t.is((await runFull(bridge)).outcome, "held");
});

test("a push between approval and run does not use the approval up", async (t) => {
  const { bridge, people } = await company(t, 30);
  await leave(bridge, people.slice(0, 6));
  const { digest } = await runFull(bridge);
  await bridge.services().permissions.approve(digest, by);
  await patch(bridge, people[0]!.id, { title: "Former" });
  t.is((await runUrgent(bridge))?.outcome, "done", "within the budget by itself");
  t.is(shut(bridge), 1);
  t.is((await runFull(bridge)).outcome, "done");
  t.is(shut(bridge), 6);
});

test("an approval whose run broke off still serves the next one", async (t) => {
  const { bridge, people } = await company(t, 30);
  await leave(bridge, people.slice(0, 6));
  const { digest } = await runFull(bridge);
  await bridge.services().permissions.approve(digest, by);
  const stop = new AbortController();
  bridge.product.hook((moment, change) => {
    if (moment === "after" && change.kind === "deactivate-account") stop.abort();
  });
  t.is((await runFull(bridge, { stop: stop.signal })).outcome, "interrupted");
  t.true(shut(bridge) < 6);
  bridge.product.hook(null);
  t.is((await runFull(bridge)).outcome, "done");
  t.is(shut(bridge), 6);
});

test("there is nothing to approve in a plan that is unknown or held nothing", async (t) => {
  const { bridge } = await company(t, 3);
  const { permissions } = bridge.services();
  await t.throwsAsync(permissions.approve("abcdef012345", by), { code: "subject.unknown" });
  await t.throwsAsync(permissions.approve("ab", by), { code: "subject.unknown" });
  await t.throwsAsync(permissions.approve("%", by), { code: "subject.unknown" });
});

test("a released person passes at once, the others stay held", async (t) => {
  const { bridge, people } = await company(t, 30);
  await leave(bridge, people.slice(0, 6));
  await runFull(bridge);
  const user = await bridge.services().permissions.release("p3@acme.example", by);
  t.is(user, people[3]!.id);
  const report = await runUrgent(bridge, { people: [user] });
  t.is(report?.outcome, "done");
  t.is(accountOf(bridge, "p3@acme.example")?.status, "deactivated");
  t.is((await runFull(bridge)).outcome, "held");
  t.is(shut(bridge), 1);
});

test("releasing asks for one person who exists", async (t) => {
  const { bridge } = await company(t, 1);
  const { permissions } = bridge.services();
  await hire(bridge, "one@acme.example", { emails: [{ value: "shared@acme.example", type: "work" }] });
  await hire(bridge, "two@acme.example", { emails: [{ value: "shared@acme.example", type: "work" }] });
  await t.throwsAsync(permissions.release("nobody@acme.example", by), { code: "subject.unknown" });
  await t.throwsAsync(permissions.release("shared@acme.example", by), {
    code: "cli.usage",
    message: /2 people answer/,
  });
  t.is((await permissions.identify("ONE@acme.example")).length, 36);
});

test("permissions are kept in the audit log with who gave them and why", async (t) => {
  const events: unknown[] = [];
  const { bridge, people } = await company(t, 30, {
    wrap: (store) => ({
      ...store,
      holds: {
        ...store.holds,
        approve: (approval, audit) => (events.push(audit), store.holds.approve(approval, audit)),
        release: (release, audit) => (events.push(audit), store.holds.release(release, audit)),
      },
    }),
  });
  await leave(bridge, people.slice(0, 6));
  const { digest } = await runFull(bridge);
  await bridge.services().permissions.approve(digest, by);
  await bridge.services().permissions.release(people[0]!.id, by);
  t.like(events, [
    { actor: "cli", action: "plan.approved", subject: digest, detail: { reason: by.reason, changes: 6 } },
    { actor: "cli", action: "person.released", subject: people[0]!.id, detail: { reason: by.reason } },
  ]);
});

test("nobody's leaving may shut the last active account, whatever the budget", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  bridge.product.state.change(accountOf(bridge, "owner@acme.example")!.id, { status: "deactivated" });
  await runFull(bridge);
  await patch(bridge, ana.id, { active: false });
  t.is((await runUrgent(bridge))?.outcome, "held");
  t.is((await runFull(bridge)).outcome, "held");
  t.is(accountOf(bridge, "ana@acme.example")?.status, "active");
});

test("a change whose reply was lost counts, so that a product that loses replies does not lift the limit", async (t) => {
  const { bridge, people } = await company(t, 10);
  bridge.product.hook((moment, change) => {
    if (moment === "after" && change.kind === "deactivate-account") throw new ConnectorError("unavailable", "no reply");
  });
  for (const person of people) {
    await leave(bridge, [person]);
    await runFull(bridge).catch(() => undefined);
    bridge.clock.advance(60_000);
  }
  t.is(shut(bridge), 2, "the floor");
});

test("a leaver whose outcome was open is not counted twice, and so is not held for having been tried", async (t) => {
  const { bridge, people } = await company(t, 10);
  bridge.product.hook((moment, change) => {
    if (moment === "before" && change.kind === "deactivate-account") throw new ConnectorError("unavailable", "down");
  });
  await leave(bridge, people.slice(0, 2));
  t.is((await runFull(bridge)).outcome, "partial");
  bridge.product.hook(null);
  bridge.clock.advance(60_000);
  t.is((await runFull(bridge)).outcome, "done");
  t.is(shut(bridge), 2);
  await leave(bridge, people.slice(2, 3));
  t.is((await runFull(bridge)).outcome, "held");
});

test("a full run and pushes beside it stay within one budget", async (t) => {
  const { bridge, people } = await company(t, 100);
  bridge.restart({ policy: { ...bridge.settings.policy, mode: "observe" } });
  await leave(bridge, people.slice(0, 8));
  await runUrgent(bridge);
  bridge.restart();
  // The full run has planned eight and done some of them: then five others leave, and the urgent lane takes them first.
  const beside = pushBeside(bridge, people.slice(50, 55));
  await t.throwsAsync(runFull(bridge), { code: "plan.changed", message: /limits\.deactivate/ });
  await beside();
  t.true(shut(bridge) <= 10, `${shut(bridge)} accounts were shut, ten are allowed`);
  t.is((await runFull(bridge)).outcome, "held");
  t.true(shut(bridge) <= 10);
  const { components } = await bridge.services().health.report();
  const sick = components.filter(({ status }) => status !== "ok").map(({ component }) => component);
  t.deepEqual(sick, ["leavers"], "nothing but the leavers who are held");
});

test("a push beside a full run that stays within the budget disturbs nobody", async (t) => {
  const { bridge, people } = await company(t, 60);
  await leave(bridge, people.slice(0, 3));
  const beside = pushBeside(bridge, people.slice(50, 52));
  t.is((await runFull(bridge)).outcome, "done");
  await beside();
  t.is(shut(bridge), 5);
});

test("bookings that turn up while somebody is shut are cancelled within the limit, and held beyond it", async (t) => {
  const limits = { ...NO_LIMITS, cancelBookings: { floor: 4, max: 4, percent: null } };
  const { bridge, people } = await company(t, 3, { limits });
  const account = accountOf(bridge, "p0@acme.example")!.id;
  for (let hours = 1; hours <= 2; hours += 1) book(bridge, "p0@acme.example", hours);
  await leave(bridge, people.slice(0, 1));
  bridge.product.hook((moment, change) => {
    if (moment === "after" && change.kind === "deactivate-account")
      for (let hours = 3; hours <= 12; hours += 1) book(bridge, "p0@acme.example", hours);
  });
  const report = await runFull(bridge);
  t.is(report.outcome, "partial");
  t.regex(report.failed[0]!.reason, /More bookings turned up than limits\.cancelBookings allows/);
  t.is(bridge.product.state.mails.length, 4);
  t.is(bridge.product.state.account(account).status, "deactivated", "access ends all the same");
  bridge.product.hook(null);
  bridge.clock.advance(60_000);
  t.is((await runFull(bridge)).outcome, "held");
  t.is(bridge.product.state.mails.length, 4);
  bridge.clock.advance(DAY_MS);
  t.is((await bridge.store.evidence.proofs(people[0]!.id)).length, 0, "nothing is proved while meetings are left");
});

test("an edit of the mapping that takes people out of scope is held until it is approved", async (t) => {
  const { bridge } = await company(t, 4);
  await hire(bridge, "x@acme.example", { userType: "Contractor" });
  await runFull(bridge);
  bridge.clock.advance(1_000);
  const { document } = (await bridge.store.mappings.current())!;
  const scoped = { ...document, scope: 'not (userType eq "Contractor")' };
  await saveMapping(bridge, scoped);
  const report = await runFull(bridge);
  t.is(report.outcome, "held");
  t.is(accountOf(bridge, "x@acme.example")?.status, "active");
  await bridge.services().permissions.approve(report.digest, by);
  t.is((await runFull(bridge)).outcome, "done");
  t.is(accountOf(bridge, "x@acme.example")?.status, "deactivated");
});

test("a first import beyond the budget is held whole, and approved once", async (t) => {
  const limits = { ...NO_LIMITS, create: { floor: 5, max: 5, percent: null } };
  const bridge = await openTestBridge(t, { limits });
  for (let n = 0; n < 8; n += 1) await hire(bridge, `p${n}@acme.example`);
  const report = await runFull(bridge);
  t.is(report.outcome, "held");
  t.is(bridge.product.writes.length, 0);
  await bridge.services().permissions.approve(report.digest, by);
  t.is((await runFull(bridge)).changed["create-account"], 8);
});

test("what was approved or released uses up nothing of what may be done unseen", async (t) => {
  const limits = { ...NO_LIMITS, create: { floor: 5, max: 5, percent: null }, deactivate: DEFAULT_LIMITS.deactivate };
  const bridge = await openTestBridge(t, { limits });
  const people = await Promise.all(Array.from({ length: 20 }, (_, n) => hire(bridge, `p${n}@acme.example`)));
  const { digest } = await runFull(bridge);
  await bridge.services().permissions.approve(digest, by);
  t.is((await runFull(bridge)).changed["create-account"], 20);

  for (let n = 0; n < 5; n += 1) await hire(bridge, `late${n}@acme.example`);
  t.is((await runFull(bridge)).outcome, "done", "joiners of the same day go through");

  await leave(bridge, people.slice(0, 9));
  const left = await runFull(bridge);
  t.is(left.outcome, "held");
  await bridge.services().permissions.approve(left.digest, by);
  t.is((await runFull(bridge)).outcome, "done");
  await leave(bridge, people.slice(9, 10));
  t.is((await runUrgent(bridge, { only: "leavers" }))?.outcome, "done", "and so does the next leaver");
  await leave(bridge, people.slice(10, 13));
  t.is((await runFull(bridge)).outcome, "held", "but not more than the limit");
});
