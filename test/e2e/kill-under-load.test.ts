/**
 * The daemon is killed (`kill -9`) at any moment while several connections push at once, and started again on the same
 * database: every write that was answered must be there, and of those that were not, all or nothing.
 *
 * ROSTERBRIDGE_TEST_KILL_ROUNDS says how often, 20 unless told; ROSTERBRIDGE_TEST_KILL_SEED repeats the choices of a run
 * that failed (not its timing, which is chance itself).
 */
import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import test from "ava";
import type { ExecutionContext } from "ava";
import { CHAIN_START, auditHash } from "../../src/store/audit-chain.ts";
import type { AuditEvent } from "../../src/ports/directory-tx.ts";
import { bridgeFolder, bridgeSettings, QUIET } from "../support/bridge-process.ts";
import type { BridgeFolder } from "../support/bridge-process.ts";
import { issueToken } from "../support/bridge-store.ts";
import { startCommand } from "../support/command-process.ts";
import type { CommandProcess } from "../support/command-process.ts";
import { afterwards, createPushLane } from "../support/push-lane.ts";
import type { Person, PushLane } from "../support/push-lane.ts";
import { rawSqlite } from "../support/raw-sqlite.ts";
import { createScimClient } from "../support/scim-client.ts";
import type { ScimClient } from "../support/scim-client.ts";
import { createSeededRandom } from "../support/seeded-random.ts";

const ROUNDS = Number(process.env["ROSTERBRIDGE_TEST_KILL_ROUNDS"] ?? 20);
const SEED = Number(process.env["ROSTERBRIDGE_TEST_KILL_SEED"] ?? randomInt(2 ** 31));
const LANES = ["ada", "bob", "cyd", "dee", "eve", "fay"];
const GROUPS = ["Team One", "Team Two", "Team Three"];
/** Nobody listens there: what is staged stays to be looked at. */
const NO_PRODUCT = "http://127.0.0.1:9";
const GROUP_URN = "urn:ietf:params:scim:schemas:core:2.0:Group";
/** Each round: start, load, questions. Milliseconds. */
const ROUND_MS = 15_000;
const SHORTEST_LOAD_MS = 20;
const LOAD_SPREAD_MS = 700;

interface Daemon extends CommandProcess {
  readonly url: string;
}

async function start(t: ExecutionContext, folder: BridgeFolder): Promise<Daemon> {
  const command = startCommand(t, ["serve"], { folder });
  const [, url = ""] = await command.says(/"url":"(http:[^"]+)"/);
  return { ...command, url };
}

/** All lanes push until the daemon is gone. Gives how many writes were answered. */
async function pushAndKill(daemon: Daemon, lanes: readonly PushLane[], context: Round): Promise<number> {
  const before = lanes.map(({ acknowledged }) => acknowledged);
  for (const { deleted } of lanes) deleted.clear();
  const pushing = lanes.map((lane, index) =>
    lane.push(daemon.url, context.token, context.groups, createSeededRandom(context.seed + index)),
  );
  await pause(SHORTEST_LOAD_MS + createSeededRandom(context.seed).below(LOAD_SPREAD_MS));
  daemon.signal("SIGKILL");
  await Promise.all(pushing);
  await daemon.exited;
  return lanes.reduce((sum, { acknowledged }, index) => sum + acknowledged - (before[index] ?? 0), 0);
}

interface Round {
  readonly token: string;
  /** Ids. */
  readonly groups: readonly string[];
  readonly seed: number;
}

/** Everybody of one lane, as a filter finds them. */
async function peopleOf(idp: ScimClient, lane: PushLane): Promise<ReadonlyMap<string, Person>> {
  const filter = encodeURIComponent(`userName sw "${lane.name}-"`);
  const { body } = await idp.send("GET", `/Users?filter=${filter}`);
  return new Map(
    body.Resources.map((user) => {
      const groups = (user["groups"] ?? []) as readonly { readonly value: string }[];
      const person = { userName: String(user["userName"]), title: String(user["title"]) };
      return [user.id, { ...person, groups: new Set(groups.map(({ value }) => value)) }];
    }),
  );
}

/** What may be there: what was answered, and that with the write that was not. */
function possible({ people, attempt }: PushLane, seen: ReadonlyMap<string, Person>): readonly Map<string, Person>[] {
  if (attempt === null) return [people];
  const done = new Map(people);
  if (attempt.kind === "create") {
    const made = [...seen].find(([, { userName }]) => userName === attempt.userName);
    // Its id was never told.
    if (made !== undefined)
      done.set(made[0], { userName: attempt.userName, title: attempt.title, groups: new Set<string>() });
    return [people, done];
  }
  const person = afterwards(people.get(attempt.id), attempt);
  if (person === undefined) done.delete(attempt.id);
  else done.set(attempt.id, person);
  return [people, done];
}

const show = (people: ReadonlyMap<string, Person>): unknown =>
  [...people].map(([id, { groups, ...person }]) => ({ id, ...person, groups: [...groups].sort() })).sort(byId);
const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

/** Looks at everybody, and takes for true what is seen of the writes that were not answered. */
async function lookAround(
  t: ExecutionContext,
  idp: ScimClient,
  lanes: readonly PushLane[],
  what: string,
): Promise<void> {
  for (const lane of lanes) {
    const seen = await peopleOf(idp, lane);
    const choices = possible(lane, seen).map((people) => JSON.stringify(show(people)));
    if (!choices.includes(JSON.stringify(show(seen))))
      t.deepEqual(show(seen), show(lane.people), `${what}, lane ${lane.name}, attempt ${JSON.stringify(lane.attempt)}`);
    for (const id of lane.deleted) t.is((await idp.send("GET", `/Users/${id}`)).status, 404, what);
    lane.people.clear();
    for (const [id, person] of seen) lane.people.set(id, person);
    lane.attempt = null;
  }
}

/** The groups say of their members what the members say of their groups. */
async function lookAtGroups(
  t: ExecutionContext,
  idp: ScimClient,
  lanes: readonly PushLane[],
  groups: readonly string[],
  what: string,
): Promise<void> {
  for (const group of groups) {
    const { body } = await idp.send("GET", `/Groups/${group}`);
    const members = ((body["members"] ?? []) as readonly { readonly value: string }[]).map(({ value }) => value);
    const expected = lanes.flatMap(({ people }) =>
      [...people].flatMap(([id, { groups: own }]) => (own.has(group) ? [id] : [])),
    );
    t.deepEqual(members.toSorted(), expected.toSorted(), `${what}, members of ${group}`);
  }
}

/** Every version has its audit row, every person who was written about a wake-up, every e-mail row its person. */
async function lookInside(t: ExecutionContext, filename: string, what: string): Promise<void> {
  const ask = (sql: string) => rawSqlite(filename, sql);
  const unrecorded = await ask(
    `select u.id, u.version, a.rows from users u
     left join (select subject, count(*) as rows from audit group by subject) a on a.subject = u.id
     where a.rows is null or a.rows <> u.version`,
  );
  t.deepEqual(unrecorded, [], `${what}: versions and audit rows`);
  const asleep = await ask("select id from users where id not in (select user_id from wakes)");
  t.deepEqual(asleep, [], `${what}: wake-ups`);
  const nameless = await ask(
    "select id from users where deleted_at is null and key not in (select user_key from user_emails)",
  );
  t.deepEqual(nameless, [], `${what}: e-mails`);
  const phantom = await ask(
    `select subject from audit where action like 'user.%' and subject not in (select id from users)
     union select subject from audit where action = 'group.created' and subject not in (select id from "groups")`,
  );
  t.deepEqual(phantom, [], `${what}: audit rows of nothing`);
}

/** Checks the audit chain from where it was checked last, and that the file is sound. */
function createAuditor(filename: string): (t: ExecutionContext, what: string) => Promise<void> {
  let hash = CHAIN_START;
  let sequence = 0;
  return async (t, what) => {
    const rows = await rawSqlite(filename, `select * from audit where sequence > ${sequence} order by sequence`);
    for (const row of rows) {
      sequence += 1;
      const event = { ...row, detail: JSON.parse(String(row["detail"])) as unknown } as AuditEvent & typeof row;
      hash = auditHash(hash, sequence, event);
      if (row["sequence"] !== sequence || row["hash"] !== hash)
        t.fail(`${what}: the audit chain breaks at ${sequence}`);
    }
    t.deepEqual(await rawSqlite(filename, "pragma integrity_check"), [{ integrity_check: "ok" }], what);
  };
}

test(`a daemon that is killed ${ROUNDS} times under load has lost nothing that it acknowledged`, async (t) => {
  t.timeout(60_000 + ROUNDS * ROUND_MS);
  const folder = bridgeFolder(t, bridgeSettings(NO_PRODUCT, { schedule: QUIET }));
  const token = await issueToken(folder);
  const audit = createAuditor(folder.database);
  const lanes = LANES.map(createPushLane);
  let daemon = await start(t, folder);
  const groups: string[] = [];
  for (const displayName of GROUPS) {
    const made = await createScimClient(daemon.url, token).send("POST", "/Groups", {
      schemas: [GROUP_URN],
      displayName,
    });
    t.is(made.status, 201, made.text);
    groups.push(made.body.id);
  }
  let total = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const seed = SEED + round * 1_000;
    const what = `round ${round} (ROSTERBRIDGE_TEST_KILL_SEED=${SEED})`;
    total += await pushAndKill(daemon, lanes, { token, groups, seed });
    daemon = await start(t, folder);
    const idp = createScimClient(daemon.url, token);
    await lookAround(t, idp, lanes, what);
    await lookAtGroups(t, idp, lanes, groups, what);
    await lookInside(t, folder.database, what);
    await audit(t, what);
  }
  t.true(total > ROUNDS * LANES.length, `only ${total} writes were answered: that is no load`);
  t.log(`${total} writes were answered in ${ROUNDS} rounds`);
});
