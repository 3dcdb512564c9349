/**
 * The daemon is killed (`kill -9`) around every write that it makes to the product, then started again: in the end the
 * product must hold what it holds without a crash, with nothing created twice and no guest told twice.
 *
 * One story is staged once and applied never: two people who joined (into a group that is yet to be made), one who was
 * renamed, one who left with three meetings ahead, and one who waits for the seat that the leaver frees. Each case
 * starts from a copy of that database and that product. Three moments are tried for each write: before it takes effect
 * (the request is lost with the daemon), after it took effect (the reply is lost), and once the reply is on its way
 * (the journal may have it, or not).
 *
 * With ROSTERBRIDGE_TEST_CRASHES=all each write is tried at every moment; otherwise each at one of the three, in turn.
 */
import { cpSync } from "node:fs";
import { dirname } from "node:path";
import test from "ava";
import type { ExecutionContext } from "ava";
import { bridgeFolder, bridgeSettings, QUIET, startBridge } from "../support/bridge-process.ts";
import type { BridgeFolder } from "../support/bridge-process.ts";
import { issueToken, unfinished, unfinishedIn, withStore, type Unfinished } from "../support/bridge-store.ts";
import { cloneSandbox } from "../support/cloned-sandbox.ts";
import { startCommand } from "../support/command-process.ts";
import { effectiveWrites, showSandbox, startLiveSandbox } from "../support/live-sandbox.ts";
import type { LiveSandbox, LiveSandboxOptions, ShownSandbox } from "../support/live-sandbox.ts";
import { createScimClient } from "../support/scim-client.ts";
import { until } from "../support/until.ts";

const MOMENTS = ["before-effect", "after-effect", "after-reply"] as const;
type Moment = (typeof MOMENTS)[number];

const isWhole = process.env["ROSTERBRIDGE_TEST_CRASHES"] === "all";
const AT_REST: Unfinished & { readonly proofs: number } = { wakes: 0, failing: [], waiting: 0, held: 0, proofs: 1 };
const HOUR = 3_600_000;
const MAPPING = {
  initial: {
    groups: {
      rules: [
        {
          attribute: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
          values: { Sales: "Sales EMEA", Support: "Support" },
        },
      ],
    },
    seats: { rules: [{ when: 'title eq "Trainee"', seat: "basic" }], default: "standard" },
  },
};

/** A database and a product in which the whole story is staged and nothing of it was applied. */
interface Story {
  readonly folder: BridgeFolder;
  readonly sandbox: LiveSandbox;
}

function settingsFor({ url }: LiveSandbox): ReturnType<typeof bridgeSettings> {
  return bridgeSettings(url, { mapping: MAPPING });
}

async function stageStory(t: ExecutionContext): Promise<Story> {
  const sandbox = await startLiveSandbox(t, { seats: { standard: 2, basic: 5 } });
  const folder = bridgeFolder(t, settingsFor(sandbox));
  const eager = await startBridge(t, folder);
  const token = await issueToken(folder);
  const before = createScimClient(eager.url, token);
  const rena = await before.create("rena");
  const lea = await before.create("lea");
  await until("the first two accounts", () => showSandbox(sandbox).seats["standard"] === 2);
  await before.create("wanda");
  await until("somebody who waits", async () => (await unfinished(folder)).waiting === 1);
  await eager.stop();
  bookMeetings(sandbox);

  folder.configure({ ...settingsFor(sandbox), schedule: QUIET });
  const quiet = await startBridge(t, folder);
  await quiet.firstRun();
  const after = createScimClient(quiet.url, token);
  for (const name of ["jo", "jim"]) await after.create(name, { title: "Trainee", department: "Support" });
  await after.patch(rena, { displayName: "Rena Renamed", "name.familyName": "Renamed" });
  await after.patch(lea, { active: false });
  await quiet.stop();
  return { folder, sandbox };
}

function bookMeetings({ state }: LiveSandbox): void {
  const hostId = state.members.rows("lea@acme.example")[0]?.value.id ?? "";
  const book = (title: string, hours: number, ...names: readonly string[]): void => {
    const start = Date.now() + hours * HOUR;
    const guests = names.map((name) => ({ name, email: `${name}@guest.example` }));
    const times = { startsAt: new Date(start).toISOString(), endsAt: new Date(start + HOUR / 2).toISOString() };
    state.bookings.create({ hostId, title, ...times, guests, seriesId: null });
  };
  book("kick-off", -48, "pia", "quinn");
  book("demo", 24, "pia", "quinn");
  book("review", 48, "pia");
  book("contract", 72, "ruth", "sol");
}

/** A copy of the story for one case. */
async function copyOf(t: ExecutionContext, story: Story, options: LiveSandboxOptions = {}): Promise<Story> {
  const sandbox = await cloneSandbox(t, story.sandbox, options);
  const folder = bridgeFolder(t, settingsFor(sandbox));
  cpSync(dirname(story.folder.database), dirname(folder.database), { recursive: true });
  return { folder, sandbox };
}

/** What comes of the story when nothing goes wrong. */
interface Outcome {
  readonly shown: ShownSandbox;
  /** Writes that took effect, sorted: their order across people is open. */
  readonly writes: readonly string[];
  /** Writes that the product refused: attempts at what was done already, where a look would have told. */
  readonly refused: readonly string[];
}

function outcomeOf(sandbox: LiveSandbox): Outcome {
  const calls = sandbox.ledger.rows().map(({ value }) => value);
  const refused = calls.filter(({ status }) => status >= 400 && status < 500);
  return {
    shown: showSandbox(sandbox),
    writes: effectiveWrites(sandbox).toSorted(),
    refused: refused.map(({ method, path, status }) => `${status} ${method} ${path}`),
  };
}

/** What the database has to say when all is over. */
async function recordOf(folder: BridgeFolder): Promise<typeof AT_REST> {
  return withStore(folder, async (store) => {
    const leavers = await store.evidence.findPeople("lea@acme.example");
    const proofs = await Promise.all(leavers.map((lea) => store.evidence.proofs(lea)));
    return { ...(await unfinishedIn(store)), proofs: proofs.flat().length };
  });
}

/** Kills the bridge at one moment of its `nth` write, starts another one, and gives what came of the story. */
async function crash(t: ExecutionContext, story: Story, moment: Moment, nth: number): Promise<Story> {
  let seen = 0;
  let isKilled = false;
  const copy = await copyOf(t, story, {
    async onWrite(phase) {
      if (phase === moment) seen += 1;
      if (phase !== moment || seen !== nth) return;
      victim.signal("SIGKILL");
      await victim.exited;
      isKilled = true;
      if (moment === "before-effect") throw new Error("the request is lost with the daemon");
    },
  });
  const victim = startCommand(t, ["serve"], { folder: copy.folder });
  await until(`write ${nth}`, () => isKilled, victim.output);
  const heir = await startBridge(t, copy.folder);
  await heir.firstRun();
  await until("the work to end", async () => (await unfinished(copy.folder)).wakes === 0);
  t.deepEqual(await heir.stop(), { code: 0, signal: null });
  return copy;
}

test("a daemon that is killed around any of its writes goes on where it was", async (t) => {
  t.timeout(300_000);
  const story = await stageStory(t);
  const untouched = await copyOf(t, story);
  const bridge = await startBridge(t, untouched.folder);
  t.is((await bridge.firstRun())["outcome"], "done");
  await bridge.stop();
  const expected = outcomeOf(untouched.sandbox);
  t.deepEqual(expected.refused, []);
  t.deepEqual(await recordOf(untouched.folder), AT_REST);
  const writes = untouched.sandbox.ledger.rows().length;

  const lane = async (moment: Moment, turn: number): Promise<void> => {
    for (let nth = 1; nth <= writes; nth += 1) {
      if (!isWhole && nth % MOMENTS.length !== turn) continue;
      const what = `${moment} of write ${nth} of ${writes}`;
      const { sandbox, folder } = await crash(t, story, moment, nth);
      t.deepEqual(outcomeOf(sandbox), expected, what);
      t.deepEqual(await recordOf(folder), AT_REST, what);
    }
  };
  await Promise.all(MOMENTS.map(lane));
});
