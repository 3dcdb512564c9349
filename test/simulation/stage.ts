import type { ObservedCounts } from "../../src/ports/records.ts";
import type { Store } from "../../src/ports/store.ts";
import { Killed } from "../support/mortal.ts";
import { createBudgetOracle, type BudgetOracle } from "./budget-oracle.ts";
import { createIdp, type Idp } from "./idp.ts";
import type { IdpEvent } from "./idp-events.ts";
import { startProcess, type BridgeProcess, type ProcessParts } from "./process.ts";
import type { Plant } from "./plant.ts";
import type { FaultKind } from "./route.ts";
import { tryRun, type Meanwhile, type RunEnd, type RunOrder } from "./runs.ts";
import { createStateOracle, type StateOracle } from "./state-oracle.ts";
import type { Switchboard } from "./switchboard.ts";
import { createWire, type Request, type WireEvents } from "./wire.ts";
import type { World } from "./world.ts";
import { createWriteOracle, type Lane, type RunInSight, type WriteOracle } from "./write-oracle.ts";

/** The bridge with everything around it: processes, product, network and oracle. */
export interface Stage {
  readonly world: World;
  readonly idp: Idp;
  readonly budget: BudgetOracle;
  readonly writes: WriteOracle;
  readonly state: StateOracle;
  readonly runs: Map<string, RunInSight>;
  /** The process that is in charge now. */
  main(): BridgeProcess;
  /** The second process on the same store; started when first asked for. */
  rival(): Promise<BridgeProcess>;
  /** A new process in the place of the main one; with `reopened`, over a store that was opened anew. */
  restart(reopened: boolean): Promise<void>;
  run(process: BridgeProcess, order: RunOrder): Promise<RunEnd>;
  /** Pushes; when the process is killed meanwhile, the IdP repeats itself to the next one. */
  push(event: IdpEvent): Promise<void>;
  /** What was pushed in vain is pushed again. */
  repeatPushes(): Promise<void>;
  /** From now on nothing goes wrong any more. */
  calm(): void;
  /** The process is killed right after its next write took effect. */
  killAfterEffect(process: BridgeProcess): void;
  close(): Promise<void>;
}

/** What a stage is built from. */
export interface StageParts {
  readonly world: World;
  readonly switchboard: Switchboard;
  readonly plant: Plant;
  readonly newId: () => string;
  readonly openStore: () => Promise<Store>;
  /** Called by the product around every write. */
  readonly onWrite: { hook: WriteOracle["hook"] };
}

/** Builds it, with the main process running. */
export async function openStage(parts: StageParts): Promise<Stage> {
  const { world } = parts;
  const budget = createBudgetOracle(world);
  const writes = createWriteOracle(world, budget);
  const state = createStateOracle(world, writes, (count) => budget.noteLinks(count));
  const runs = new Map<string, RunInSight>();
  const orders = new Map<string, { readonly meanwhile: Meanwhile | null; requests: number; writes: number }>();
  const chance = world.chance.fork("faults");
  const stores: Store[] = [];
  const doomed = new Set<BridgeProcess>();
  const unheard: IdpEvent[] = [];
  let faultRate = world.scenario.faultRate;
  let count = 0;
  let newest = 0;

  parts.onWrite.hook = async (phase, call) => {
    await writes.hook(phase, call);
    if (phase !== "after-effect") return;
    for (const process of doomed) process.end();
    doomed.clear();
  };
  const events: WireEvents = {
    async arrived(request) {
      if (!request.isWrite) return;
      const process = [main, second].find((one) => one?.name === request.process);
      newest = Math.max(newest, ...[main, second].map((one) => one?.epoch() ?? 0));
      await writes.arrived(request, { own: process?.epoch() ?? 0, newest }, runs.get(request.process));
    },
    async meanwhile(request) {
      const order = orders.get(request.process);
      if (order === undefined) return true;
      order.requests += 1;
      if (request.isWrite) order.writes += 1;
      const { meanwhile } = order;
      if (meanwhile === null || (meanwhile.of === "writes" && !request.isWrite)) return true;
      return order[meanwhile.of] === meanwhile.at ? meanwhile.happens() : true;
    },
    faultFor(request) {
      const rate = request.does === "list" ? 3 * faultRate : faultRate;
      if (chance.below(1_000) >= rate) return null;
      const kind = chance.oneOf(world.product.kind.faultsOf(request.route));
      world.coverage.faults.add(`${kind} @ ${request.route}`);
      world.tell(`fault: ${kind} @ ${request.method} ${request.path}`);
      noteSpoiled(runs.get(request.process), request, kind);
      return kind;
    },
  };
  const processParts: ProcessParts = {
    world,
    switchboard: parts.switchboard,
    plant: parts.plant,
    holders: new Map(),
    newId: parts.newId,
    wire: ({ name, isAlive }) => createWire(world.product, { process: name, isAlive }, world.scenario.pageSize, events),
  };
  const open = async (): Promise<Store> => {
    const store = await parts.openStore();
    stores.push(store);
    return store;
  };
  const start = (store: Store): BridgeProcess => startProcess(processParts, `p${(count += 1)}`, store);
  let second: BridgeProcess | null = null;
  let main = start(await open());

  const stage: Stage = {
    world,
    idp: createIdp(world, () => main.services),
    budget,
    writes,
    state,
    runs,
    main: () => main,
    async rival() {
      if (second?.isAlive() !== true) second = start(await open());
      return second;
    },
    async restart(reopened) {
      main.end();
      main = start(reopened ? await open() : main.store);
      world.tell(`bridge: ${main.name} starts${reopened ? ", on a store opened anew" : ""}`);
    },
    async run(process, order) {
      const { lane, killAt } = order;
      const run = begin(world, process, lane, await world.observer.evidence.lastObserved(world.product.kind.name));
      runs.set(process.name, run);
      orders.set(process.name, { meanwhile: order.meanwhile, requests: 0, writes: 0 });
      const firstStep = process.life.steps.length;
      if (killAt !== null) process.life.killAt(firstStep + killAt);
      const end = await tryRun(world, process, order);
      process.life.killAt(Infinity);
      runs.delete(process.name);
      orders.delete(process.name);
      noteSteps(world, process, firstStep, end.died);
      world.tell(`run: ${lane} of ${process.name} ${shown(end)}`);
      await state.check(run);
      writes.noteLinks(state.links());
      budget.check();
      await expectUsedUp(world, end, budget.takeUsed());
      return end;
    },
    async push(event) {
      try {
        await event();
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        unheard.push(event);
      }
    },
    async repeatPushes() {
      for (const event of unheard.splice(0)) await stage.push(event);
    },
    calm() {
      faultRate = 0;
      world.product.heal();
    },
    killAfterEffect: (process) => void doomed.add(process),
    async close() {
      main.end();
      second?.end();
      await Promise.all(stores.map((store) => store.close()));
    },
  };
  return stage;
}

function begin(world: World, process: BridgeProcess, lane: Lane, observed: ObservedCounts | null): RunInSight {
  const statements = new Map([...world.directory.users].map(([id, staged]) => [id, staged.statements]));
  return {
    process: process.name,
    lane,
    statements,
    editedSince: new Set(),
    bookedSince: new Set(),
    isSpoiled: false,
    knowsProduct: observed !== null && observed.accounts > 0,
    renamed: new Set(),
  };
}

/** An approval serves one run: once that has come to its end, it is used up. */
async function expectUsedUp(
  { observer, clock, broken }: World,
  { report }: RunEnd,
  used: readonly string[],
): Promise<void> {
  if (report === null || report.outcome === "interrupted" || used.length === 0) return;
  // As of the start of the run: where the wall clock was set back, an approval ends by the bridge's own time line.
  const anchor = await observer.journal.timeAnchor();
  const { digests } = await observer.holds.openApprovals({ now: clock.now(), elapsedMs: anchor?.elapsedMs ?? 0 });
  for (const digest of digests) if (used.includes(digest)) broken("approval", `${digest} was used and is still open`);
}

/** A listing that came short. That one is empty cannot be told from a product that is while none was ever anything else. */
function noteSpoiled(run: RunInSight | undefined, { does }: Request, kind: FaultKind): void {
  if (run?.lane !== "full" || does !== "list") return;
  if (kind === "short-list" || kind === "repeated-list" || (kind === "empty-list" && run.knowsProduct))
    run.isSpoiled = true;
}

function noteSteps({ coverage }: World, { life }: BridgeProcess, from: number, died: boolean): void {
  for (const step of life.steps.slice(from)) coverage.steps.add(step);
  const last = life.steps.at(-1);
  if (died && last !== undefined && life.steps.length > from) coverage.kills.add(last);
}

function shown({ report, died, fault }: RunEnd): string {
  if (died) return "was killed";
  if (fault !== null) return `gave up (${fault})`;
  if (report === null) return "had nothing to do";
  const { outcome, changed, summary, failed } = report;
  const holds = Object.entries(summary.tally.held).filter(([, held]) => held > 0);
  return `${outcome} ${JSON.stringify(changed)} held ${JSON.stringify(Object.fromEntries(holds))} failed ${JSON.stringify(failed)} (${summary.digest})`;
}
