import { isDeepStrictEqual } from "node:util";
import { Killed } from "../support/mortal.ts";
import type { Chance } from "./chance.ts";
import { drawFirstHire, drawIdpEvent, turnRound } from "./idp-events.ts";
import { spentBy } from "./budget-oracle.ts";
import type { HandEvent, Product } from "./product.ts";
import { editByHand } from "./product-hands.ts";
import type { BridgeProcess } from "./process.ts";
import { lookAtPlan, UNDISTURBED, type Meanwhile, type RunOrder, type SeenPlan } from "./runs.ts";
import type { Stage } from "./stage.ts";
import type { Lane } from "./write-oracle.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Plays the rounds of a history: the IdP speaks, people use the product, the bridge runs, and things go wrong. */
export async function playHistory(stage: Stage): Promise<void> {
  const { world } = stage;
  const chance = world.chance.fork("history");
  await found(stage, chance);
  for (let round = 0; round < world.scenario.rounds; round += 1) {
    world.tell(`round ${round + 1}`);
    await happenings(stage, chance);
    await admin(stage, chance);
    await passTime(stage, chance);
    await runSome(stage, chance);
  }
}

/** Most people come at first, and mostly the bridge gets to know them before anything else happens. */
async function found(stage: Stage, chance: Chance): Promise<void> {
  const { world } = stage;
  for (let who = 0; who < world.scenario.identities; who += 1) {
    if (chance.percent(85)) await stage.push(drawFirstHire(world, stage.idp, who, chance));
  }
  if (chance.percent(15)) return;
  await asAdmin(stage, async (process) => {
    const plan = await lookAtPlan(process);
    if (plan.overLimit.length > 0) await approvePlan(stage, process, plan);
  });
  await stage.run(stage.main(), { lane: "full", ...UNDISTURBED });
}

async function happenings(stage: Stage, chance: Chance): Promise<void> {
  const { world } = stage;
  if (world.product.kind.invites && chance.percent(70)) world.product.acceptInvitations();
  for (const { id, status } of world.product.accounts()) {
    if (status === "active" && chance.percent(30)) world.product.book(world, id, chance);
  }
  for (let left = chance.between(2, 3 + world.scenario.identities); left > 0; left -= 1) {
    if (chance.percent(70)) await pushOrDie(stage, chance);
    else editProduct(stage, chance);
  }
  if (world.scenario.time === "jumps" && chance.percent(40)) jump(stage, chance);
  if (world.scenario.time === "reboots" && chance.percent(40)) {
    world.clock.reboot();
    world.tell("time: the machine is started anew");
    await stage.restart(true);
  }
}

/** A push, in whose middle the process may be killed: then the IdP repeats it to the next one. */
async function pushOrDie(stage: Stage, chance: Chance): Promise<void> {
  const event = drawIdpEvent(stage.world, stage.idp, chance);
  if (chance.percent(4)) {
    const { life } = stage.main();
    life.killAt(life.steps.length + chance.between(1, 6));
  }
  await stage.push(event);
  if (stage.main().isAlive()) return stage.main().life.killAt(Infinity);
  await revive(stage, chance);
}

async function revive(stage: Stage, chance: Chance): Promise<void> {
  await stage.restart(chance.percent(20));
  await stage.repeatPushes();
}

function editProduct({ world, runs }: Stage, chance: Chance): void {
  const before = lookAtAll(world.product);
  const event = chance.weighted<HandEvent>([
    [4, "book"],
    [2, "edit"],
    [2, "seat"],
    [2, "group"],
    [2, "status"],
    [1, "role"],
    [1, "delete"],
    [1, "make"],
    [1, "resize"],
    [1, "email"],
    [1, "unmark"],
  ]);
  editByHand(world, event, chance);
  for (const [id, now] of lookAtAll(world.product)) {
    const then = before.get(id);
    for (const run of runs.values()) {
      if (!isDeepStrictEqual(then?.account, now.account)) run.editedSince.add(id);
      if (!isDeepStrictEqual(then?.bookings, now.bookings)) run.bookedSince.add(id);
    }
  }
}

function lookAtAll(product: Product) {
  return new Map(
    product
      .accounts()
      .map((account) => [account.id, { account, bookings: product.upcoming(account.id).map(({ id }) => id) }]),
  );
}

function jump({ world }: Stage, chance: Chance): void {
  const ms = chance.oneOf([HOUR, 3 * HOUR, DAY, 40 * DAY, 400 * DAY]) * chance.oneOf([1, -1]);
  world.clock.jump(ms);
  world.tell(`time: the wall clock jumps by ${ms / HOUR} h`);
}

async function passTime({ world }: Stage, chance: Chance): Promise<void> {
  await world.clock.pass(
    chance.weighted([
      [3, chance.between(1_000, MINUTE)],
      [4, chance.between(15, 25) * MINUTE],
      [2, chance.between(1, 8) * HOUR],
      [1, chance.between(23, 30) * HOUR],
    ]),
  );
}

/** Now and then an admin looks at what is held, and lets it through: all of it, or one person. */
async function admin(stage: Stage, chance: Chance): Promise<void> {
  if (!chance.percent(25)) return;
  const isRelease = chance.percent(40);
  const who = chance.below(1_000);
  await asAdmin(stage, async (process) => {
    const plan = await lookAtPlan(process);
    const users = [...new Set(plan.overLimit.map(({ user }) => user))];
    if (users.length === 0) return;
    if (!isRelease) return approvePlan(stage, process, plan);
    const user = users[who % users.length] ?? "";
    await process.services.permissions.release(user, { author: "admin", reason: "simulated" });
    stage.budget.release(user);
    stage.world.tell(`admin: releases ${user}`);
  });
}

/** What an admin does fails like everything else while there are faults. */
async function asAdmin(stage: Stage, act: (process: BridgeProcess) => Promise<void>): Promise<void> {
  try {
    await act(stage.main());
  } catch (error) {
    if (error instanceof Killed) throw error;
    stage.world.tell(`admin: gives up (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** Lets everything through that a plan holds over limits. */
export async function approvePlan(
  { budget, world }: Stage,
  { services }: BridgeProcess,
  { digest, overLimit }: SeenPlan,
): Promise<void> {
  await services.permissions.approve(digest, { author: "admin", reason: "simulated" });
  budget.approve(
    digest,
    overLimit.flatMap(({ user, change }) => spentBy(user, change) ?? []),
  );
  world.tell(`admin: approves ${digest} with ${overLimit.length} changes`);
}

async function runSome(stage: Stage, chance: Chance): Promise<void> {
  const { world } = stage;
  const lane = chance.weighted<Lane>([
    [5, "full"],
    [4, "urgent"],
    [1, "dry"],
  ]);
  const users = [...world.directory.users.keys()];
  const isForOne = lane === "urgent" && users.length > 0 && chance.percent(20);
  const order: RunOrder = {
    lane,
    killAt: chance.percent(world.scenario.killRate) ? 1 + chance.below(10 + chance.below(220)) : null,
    meanwhile: chance.percent(world.scenario.meanwhileRate) ? drawMeanwhile(stage, chance) : null,
    ...(isForOne ? { people: [chance.oneOf(users)] } : {}),
  };
  await stage.run(stage.main(), order);
  if (!stage.main().isAlive()) await revive(stage, chance);
  await stage.repeatPushes();
  if (world.scenario.rivals && chance.percent(50))
    await stage.run(await stage.rival(), { lane: "full", ...UNDISTURBED });
}

function drawMeanwhile(stage: Stage, chance: Chance): Meanwhile {
  const { world } = stage;
  const kind = chance.weighted([
    [4, "push"],
    [6, "turn-round"],
    [4, "hands"],
    [2, "kill"],
    [2, "kill-after"],
    [1, "dry"],
    [world.scenario.rivals ? 6 : 0, "rival"],
    [world.scenario.rivals ? 6 : 0, "takeover"],
    [world.scenario.time === "jumps" ? 2 : 0, "jump"],
  ] as const);
  const own = chance.fork(`meanwhile ${chance.below(1_000_000)}`);
  const happens = () => MEANWHILE[kind](stage, own);
  // Mostly while something is being changed: there is more to go wrong.
  return chance.percent(25)
    ? { at: chance.between(1, 6), of: "requests", happens }
    : { at: chance.between(1, 2 + chance.below(8)), of: "writes", happens };
}

type Happening = (stage: Stage, chance: Chance) => Promise<boolean>;

const MEANWHILE = {
  /** The IdP changes its mind about the very person whom the bridge is at. */
  async "turn-round"(stage, chance) {
    const { users } = stage.world.directory;
    const staged = users.get(stage.writes.lastUser() ?? "") ?? chance.oneOf([...users.values(), undefined]);
    if (staged === undefined || staged.isDeleted) return true;
    stage.world.tell("meanwhile:");
    await stage.push(turnRound(stage.idp, staged));
    return stage.main().isAlive();
  },
  async push(stage, chance) {
    stage.world.tell("meanwhile:");
    await stage.push(drawIdpEvent(stage.world, stage.idp, chance));
    return stage.main().isAlive();
  },
  async hands(stage, chance) {
    stage.world.tell("meanwhile:");
    editProduct(stage, chance);
    return true;
  },
  async kill(stage) {
    stage.world.tell("meanwhile: the process is killed before its request arrives");
    stage.main().end();
    return false;
  },
  async "kill-after"(stage) {
    stage.killAfterEffect(stage.main());
    stage.world.tell("meanwhile: the process is killed after its next write took effect");
    return true;
  },
  async dry(stage) {
    // The run waits meanwhile: whatever is asked of the product now is no part of it.
    const { name } = stage.main();
    const run = stage.runs.get(name);
    stage.runs.delete(name);
    await asAdmin(stage, async (process) => void (await lookAtPlan(process)));
    if (run !== undefined) stage.runs.set(name, run);
    return true;
  },
  async rival(stage) {
    await stage.run(await stage.rival(), { lane: "full", ...UNDISTURBED });
    return true;
  },
  /** The process is stopped long enough to lose its lease, and goes on as if nothing had been. */
  async takeover(stage) {
    const process = stage.main();
    process.setFrozen(true);
    stage.world.tell(`meanwhile: ${process.name} is frozen`);
    await stage.world.clock.pass(20_000);
    await stage.run(await stage.rival(), { lane: "full", ...UNDISTURBED });
    process.setFrozen(false);
    return true;
  },
  async jump(stage, chance) {
    jump(stage, chance);
    return true;
  },
} as const satisfies Readonly<Record<string, Happening>>;
