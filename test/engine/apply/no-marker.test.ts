import test, { type ExecutionContext } from "ava";
import { ConnectorError } from "../../../src/domain/errors.ts";
import {
  accountOf,
  dryRun,
  hire,
  openTestBridge,
  patch,
  replace,
  runFull,
  runUrgent,
  type BridgeOptions,
  type TestBridge,
} from "../../support/bridge.ts";
import { Killed } from "../../support/mortal.ts";

// Products that keep no mark of ours: an account whose making nobody confirmed is known by our journal alone.

const ANA = "ana@acme.example";
const MINUTES_20 = 20 * 60_000;
const NOBODY_ADOPTED: BridgeOptions = { limits: { adopt: { floor: 0, max: 0, percent: null } } };

/** Ana's account is made, and the process is killed before it learns of it. */
async function makeAndDie(
  t: ExecutionContext,
  options: BridgeOptions = {},
): Promise<{ bridge: TestBridge; id: string }> {
  const bridge = await openTestBridge(t, {
    ...NOBODY_ADOPTED,
    ...options,
    product: { ...options.product, marker: false },
  });
  const { id } = await hire(bridge, ANA, { externalId: "e-ana" });
  bridge.product.hook((moment, { kind }) => {
    if (moment === "after" && kind === "create-account") bridge.life().kill();
  });
  await t.throwsAsync(runFull(bridge), { instanceOf: Killed });
  bridge.product.hook(null);
  bridge.restart();
  bridge.clock.advance(MINUTES_20);
  return { bridge, id };
}

const members = ({ product: { state } }: TestBridge) =>
  [...state.accounts.values()].filter(({ role }) => role === "member");

for (const lane of ["full", "urgent"] as const) {
  const run = lane === "full" ? runFull : runUrgent;

  test(`an account whose making was not confirmed is linked as ours, whatever may be adopted (${lane})`, async (t) => {
    const { bridge, id } = await makeAndDie(t);
    const { people } = await dryRun(bridge);
    t.like(people[0]?.changes[0], {
      kind: "adopt-account",
      origin: "created",
      because: ["the answer was lost when an account with this e-mail was made"],
    });
    t.is((await bridge.services().explain(ANA, new AbortController().signal)).matched.kind, "relinked");
    t.is((await run(bridge))?.outcome, "done");
    t.like(await bridge.store.links.get(id as never), { origin: "created", account: members(bridge)[0]!.id });
    t.is(members(bridge).length, 1);
    t.is(accountOf(bridge, ANA)?.seat, "standard" as never);
    t.deepEqual((await runFull(bridge)).changed, {});
  });

  test(`it is found under the address it was made with, though the person was renamed since (${lane})`, async (t) => {
    const { bridge, id } = await makeAndDie(t);
    await replace(bridge, id, "ana.li@acme.example", { externalId: "e-ana" });
    await run(bridge);
    bridge.clock.advance(MINUTES_20);
    await runFull(bridge);
    t.deepEqual(
      members(bridge).map(({ profile }) => profile.email),
      ["ana.li@acme.example"],
    );
  });

  test(`it is shut when the person left before it was known (${lane})`, async (t) => {
    const { bridge, id } = await makeAndDie(t);
    await patch(bridge, id, { active: false });
    await run(bridge);
    bridge.clock.advance(MINUTES_20);
    await runFull(bridge);
    t.is(accountOf(bridge, ANA)?.status, "deactivated");
    t.is((await bridge.store.evidence.proofs(id as never)).length, 1);
  });
}

test("an account that is not listed yet is found by the create, which looks first", async (t) => {
  const { bridge, id } = await makeAndDie(t);
  for (const name of ["bo", "cy", "di", "ed", "flo"]) await hire(bridge, `${name}@acme.example`);
  bridge.product.hide(({ profile }) => profile.email === ANA);
  const find = bridge.product.connector.find.bind(bridge.product.connector);
  t.is((await find({ email: ANA }, new AbortController().signal)).length, 1);
  await runFull(bridge);
  t.like(await bridge.store.links.get(id as never), { origin: "created", account: accountOf(bridge, ANA)!.id });
});

test("an account of somebody else is not ours for our having tried to make one with its e-mail in vain", async (t) => {
  const bridge = await openTestBridge(t, { ...NOBODY_ADOPTED, product: { marker: false } });
  const { id } = await hire(bridge, ANA);
  let isThere = false;
  bridge.product.hook((moment, { kind }) => {
    if (moment !== "before" || kind !== "create-account" || isThere) return;
    isThere = true;
    bridge.product.state.addAccount({ profile: { email: ANA } });
  });
  t.is((await runFull(bridge)).outcome, "partial");
  bridge.clock.advance(MINUTES_20);
  const { people } = await dryRun(bridge);
  t.is(people[0]?.held[0]?.hold, "over-limit");
  bridge.product.hide(({ profile }) => profile.email === ANA);
  await runFull(bridge);
  t.is(await bridge.store.links.get(id), undefined);
  t.is(members(bridge).length, 1);
});

test("a lost reply is found again within the run", async (t) => {
  const bridge = await openTestBridge(t, { product: { marker: false, deactivated: "same-id" } });
  const { id } = await hire(bridge, ANA);
  let left = 1;
  bridge.product.hook((moment, { kind }) => {
    if (moment !== "after" || kind !== "create-account" || left === 0) return;
    left -= 1;
    throw new ConnectorError("unavailable", "the answer was lost");
  });
  t.is((await runFull(bridge)).outcome, "done");
  t.is((await bridge.store.links.get(id))?.account, accountOf(bridge, ANA)?.id);
});

test("an account that is made anew for whoever returns is found when its making was not confirmed", async (t) => {
  const bridge = await openTestBridge(t, { ...NOBODY_ADOPTED, product: { marker: false, deactivated: "gone" } });
  const { id } = await hire(bridge, ANA);
  await runFull(bridge);
  await patch(bridge, id, { active: false });
  await runFull(bridge);
  await patch(bridge, id, { active: true });
  bridge.product.hook((moment, { kind }) => {
    if (moment === "after" && kind === "create-account") bridge.life().kill();
  });
  await t.throwsAsync(runFull(bridge), { instanceOf: Killed });
  bridge.product.hook(null);
  bridge.restart();
  bridge.clock.advance(MINUTES_20);
  const { people } = await dryRun(bridge);
  t.like(people[0], { cause: "rehire", changes: [{ kind: "adopt-account", origin: "created" }] });
  await runFull(bridge);
  t.like(await bridge.store.links.get(id), {
    origin: "created",
    offboardedAt: null,
    account: accountOf(bridge, ANA)!.id,
  });
  t.deepEqual((await runFull(bridge)).changed, {});
});
