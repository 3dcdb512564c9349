import type { DirectoryUserId } from "../../src/domain/directory.ts";
import { expectEnd } from "./end-oracle.ts";
import type { RunReport } from "../../src/engine/runs/run-report.ts";
import { approvePlan } from "./history.ts";
import { lookAtPlan, UNDISTURBED } from "./runs.ts";
import type { Stage } from "./stage.ts";
import { expectDiscreetRecords } from "./state-oracle.ts";
import type { World } from "./world.ts";

/** Longer than every pause after a failure. */
const LATER_MS = 20 * 60_000;
/** So many plans may have to be approved before nothing is held over a limit. */
const APPROVALS = 14;
/** So many runs it may take once nothing is held over a limit (I7). */
const RUNS = 3;

/** Faults stop. It has to converge, to write nothing more, and to have everybody as the directory says. */
export async function settle(stage: Stage): Promise<void> {
  const { world } = stage;
  world.tell("faults stop");
  stage.calm();
  await stage.restart(false);
  await stage.repeatPushes();
  world.product.acceptInvitations();
  // The grace is counted by the wall clock: one that was set back makes it longer, never shorter.
  await world.clock.pass(world.scenario.leavers.bookings.delayMs + world.clock.behind());
  await converge(stage);
  await expectStillness(stage);
  await expectEnd(world, stage.state.links());
  await expectDiscreetRecords(world);
  for (const violation of world.product.violations()) world.broken("product", `it was spoken to wrongly: ${violation}`);
}

/** Runs until nothing is written and nothing is held over a limit; what is, is approved. */
async function converge(stage: Stage): Promise<void> {
  const { world } = stage;
  let approvals = 0;
  let accepted: number | null = null;
  for (let runs = 1; runs <= RUNS; runs += 1) {
    await world.clock.pass(LATER_MS);
    const before = stage.writes.effects();
    const report = await runAll(stage, accepted);
    const wrote = stage.writes.effects() > before;
    accepted = null;
    if (report === null) continue;
    const { basis, tally } = report.summary;
    const isShort = !basis.observation.complete && basis.observation.reason === "too-few";
    const isHeld = tally.held["over-limit"] > 0;
    // A link is a step, too: what follows from it is for the next run.
    const isQuiet = !wrote && Object.keys(report.changed).length === 0;
    if (isQuiet && !isHeld && !isShort) return;
    if ((!isHeld && !isShort) || approvals === APPROVALS) continue;
    const plan = await lookAtPlan(stage.main());
    accepted = plan.tooFew;
    if (plan.overLimit.length > 0) await approvePlan(stage, stage.main(), plan);
    approvals += 1;
    runs = 0;
  }
}

/** Runs for everybody; `tooFew`: an admin says that so few accounts are right. */
async function runAll(stage: Stage, tooFew: number | null): Promise<RunReport | null> {
  const end = await stage.run(stage.main(), {
    lane: "full",
    ...UNDISTURBED,
    ...(tooFew === null ? {} : { acceptAccounts: tooFew }),
  });
  if (end.fault !== null) stage.world.broken("I7", `a run without any fault gave up: ${end.fault}`);
  return end.report;
}

async function expectStillness(stage: Stage): Promise<void> {
  const { world } = stage;
  await world.clock.pass(LATER_MS);
  if (world.chance.percent(25)) await expectSameDigest(stage);
  const before = world.product.written().length;
  const proofs = await countProofs(world);
  await runAll(stage, null);
  await stage.run(stage.main(), { lane: "urgent", ...UNDISTURBED });
  if ((await countProofs(world)) !== proofs)
    world.broken("proof", "a leaver was proved again when nothing had changed");
  const more = world.product.written().slice(before);
  if (more.length > 0) world.broken("I7", `it still writes when everything is in step: ${more.join(", ")}`);
}

async function expectSameDigest(stage: Stage): Promise<void> {
  const first = await lookAtPlan(stage.main());
  const second = await lookAtPlan(stage.main());
  if (first.digest !== second.digest)
    stage.world.broken("digest", `planned twice: ${first.digest} and ${second.digest}`);
}

/** How many proofs there are. Whoever is on record as shut out has one, or had one as the person they were before. */
async function countProofs({ observer, directory, broken }: World): Promise<number> {
  const proved = new Map<number, number>();
  for (const { id, who } of directory.users.values()) {
    const proofs = await observer.evidence.proofs(id as DirectoryUserId);
    proved.set(who, (proved.get(who) ?? 0) + proofs.length);
  }
  for (const { id, who } of directory.users.values()) {
    const link = await observer.links.get(id as DirectoryUserId);
    if (link !== undefined && link.offboardedAt !== null && proved.get(who) === 0)
      broken("proof", `${id} is on record as shut out, without a proof`);
  }
  return [...proved.values()].reduce((sum, count) => sum + count, 0);
}
