import test from "ava";
import { UsageError } from "../../../src/domain/errors.ts";
import {
  accountOf,
  dryRun,
  hire,
  NO_LIMITS,
  openTestBridge,
  patch,
  runFull,
  runUrgent,
  type TestBridge,
} from "../../support/bridge.ts";
import type { ExecutionContext } from "ava";

const by = { author: "cli", reason: "looked at" };

async function company(t: ExecutionContext, size = 12) {
  const limits = { ...NO_LIMITS, deactivate: { floor: 1, max: 1, percent: null } };
  const bridge = await openTestBridge(t, { limits, product: { seats: { standard: 50 } } });
  const people: string[] = [];
  for (let n = 0; n < size; n += 1) people.push((await hire(bridge, `p${n}@acme.example`)).id);
  await runFull(bridge);
  return { bridge, people };
}

async function leave(bridge: TestBridge, people: readonly string[]): Promise<void> {
  for (const id of people) await patch(bridge, id, { active: false });
  bridge.clock.advance(1_000);
}

const details = async (bridge: TestBridge): Promise<string> =>
  (await bridge.services().status()).held.groups.map(({ detail }) => detail).join("\n");

test("a plan that has grown since is not approved: the newest one is named", async (t) => {
  const { bridge, people } = await company(t);
  const { permissions } = bridge.services();
  await leave(bridge, people.slice(0, 3));
  const before = await runFull(bridge);
  await leave(bridge, people.slice(3, 5));
  const { summary } = await dryRun(bridge);
  await t.throwsAsync(permissions.approve(before.digest, by), {
    instanceOf: UsageError,
    message: `Plan ${before.digest} is not the newest: the plan has grown to 5 held changes. Look at \`rosterbridge plan\`; if they are meant: rosterbridge approve ${summary.digest} --reason "…".`,
  });
  const shown = await details(bridge);
  t.false(shown.includes(before.digest));
  t.true(shown.includes(`rosterbridge approve ${summary.digest}`));
  await permissions.approve(summary.digest, by);
  t.is((await runFull(bridge)).changed["deactivate-account"], 5);
});

test("an older plan that holds all that is held now may be approved", async (t) => {
  const { bridge, people } = await company(t);
  await leave(bridge, people.slice(0, 4));
  const before = await runFull(bridge);
  await patch(bridge, people[0]!, { active: true });
  await hire(bridge, "new@acme.example");
  bridge.clock.advance(1_000);
  const after = await runFull(bridge);
  t.not(after.digest, before.digest);
  await bridge.services().permissions.approve(before.digest, by);
  t.is((await runFull(bridge)).changed["deactivate-account"], 3);
});

test("what runs for a few people have held since makes a plan too small to be approved", async (t) => {
  const { bridge, people } = await company(t);
  const { permissions } = bridge.services();
  await leave(bridge, people.slice(0, 3));
  const { digest } = await runFull(bridge);
  await leave(bridge, people.slice(3, 6));
  await runUrgent(bridge);
  await t.throwsAsync(permissions.approve(digest, by), {
    instanceOf: UsageError,
    message: /3 held changes beside it since it was made\. `rosterbridge plan` shows them all/,
  });
  t.notRegex(await details(bridge), /rosterbridge approve/);
  t.regex(await details(bridge), /rosterbridge plan shows the digest to approve; one person alone: rosterbridge rel/);
  bridge.clock.advance(1_000);
  const { summary } = await dryRun(bridge);
  await permissions.approve(summary.digest, by);
  t.is((await runFull(bridge)).changed["deactivate-account"], 6);
});

test("a release that lifts nothing is refused with the reason; one of somebody who has nothing held is not", async (t) => {
  const { bridge, people } = await company(t, 3);
  const { permissions } = bridge.services();
  bridge.product.state.change(accountOf(bridge, "p0@acme.example")!.id, { role: "owner" });
  await patch(bridge, people[0]!, { active: false });
  await permissions.release("p0@acme.example", by);
  await runUrgent(bridge);
  await t.throwsAsync(permissions.release("p0@acme.example", by), {
    instanceOf: UsageError,
    message:
      "A release lifts limits, and no limit holds p0@acme.example: p0@acme.example is an owner of the product: nothing is taken away from it. Do it in the product by hand, or make it a member there.",
  });
  await permissions.release("p1@acme.example", by);
  await leave(bridge, people.slice(1));
  await runFull(bridge);
  await permissions.release("p2@acme.example", by);
  await runUrgent(bridge);
  t.is(accountOf(bridge, "p2@acme.example")?.status, "deactivated");
});
