import type { Knex } from "knex";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryId, DirectoryUserId } from "../domain/directory.ts";
import { appendAudit } from "./audit-chain.ts";
import { insertRows, whereOneOf } from "./dialect.ts";
import type { Heads } from "./heads.ts";
import { together } from "./together.ts";
import type { Effects, EmailChange, WakeChange } from "./unit.ts";
import { URGENCY } from "./wakes.ts";

/**
 * Writes what the units of one group left to be written together: the audit rows, the wake-ups, the search rows
 * and the revisions of the directories, in a handful of statements whatever the number of units.
 */
export async function flushEffects(trx: Knex, effects: readonly Effects[], now: Instant, heads: Heads): Promise<void> {
  const audit = effects.flatMap((each) => each.audit);
  const wakes = effects.flatMap((each) => each.wakes);
  const emails = effects.flatMap((each) => each.emails);
  const changed = effects.map((each) => each.changed);
  await together([
    appendAudit(trx, audit, heads.audit),
    writeWakes(trx, wakes, heads.wake),
    writeEmails(trx, emails),
    bumpRevisions(trx, changed, now),
  ]);
}

const WAKE_COLUMNS = ["user_id", "urgency", "since", "sequence"] as const;
// Waking twice is waking once, under the more urgent reason. The newer sequence keeps whoever works on the earlier
// wake-up from clearing this one.
const WAKE_AGAIN = `on conflict (user_id) do update set
  since = case when excluded.urgency < wakes.urgency then excluded.since else wakes.since end,
  urgency = case when excluded.urgency < wakes.urgency then excluded.urgency else wakes.urgency end,
  sequence = excluded.sequence`;

async function writeWakes(trx: Knex, changes: readonly WakeChange[], last: number): Promise<void> {
  const { woken, ended } = settleWakes(changes);
  if (ended.length > 0)
    await trx("wakes")
      .where(whereOneOf(trx, "user_id", ended))
      .delete();
  if (woken.length === 0) return;
  const rows = woken.map(({ user, urgency, at }, index) => [user, urgency, at, last + 1 + index]);
  await together([
    endPauses(trx, changes),
    trx("counters")
      .where({ name: "wake" })
      .update({ value: last + woken.length }),
    insertRows(trx, "wakes", WAKE_COLUMNS, rows, WAKE_AGAIN),
  ]);
}

/** Whoever failed is tried again at once when there is news of them: the pause was for what was wrong before. */
async function endPauses(trx: Knex, changes: readonly WakeChange[]): Promise<void> {
  const news = changes.filter(({ reason, isNews }) => reason !== null && isNews !== false);
  const [first] = news.map(({ at }) => at).sort();
  if (first === undefined) return;
  const users = [...new Set(news.map(({ user }) => user))];
  await trx("failures")
    .where(whereOneOf(trx, "user_id", users))
    .where("next_at", ">", first)
    .update({ next_at: first });
}

interface Woken {
  readonly user: DirectoryUserId;
  readonly urgency: number;
  readonly at: Instant;
}

/** What a row of changes comes to: each person once. */
function settleWakes(changes: readonly WakeChange[]): { woken: readonly Woken[]; ended: readonly DirectoryUserId[] } {
  const woken = new Map<DirectoryUserId, Woken>();
  const ended = new Set<DirectoryUserId>();
  for (const { user, reason, at } of changes) {
    if (reason === null) {
      ended.add(user);
      woken.delete(user);
      continue;
    }
    const before = woken.get(user);
    if (before === undefined || URGENCY[reason] < before.urgency)
      woken.set(user, { user, urgency: URGENCY[reason], at });
  }
  return { woken: [...woken.values()], ended: [...ended] };
}

async function writeEmails(trx: Knex, changes: readonly EmailChange[]): Promise<void> {
  const replaced = changes.filter(({ replaces }) => replaces).map(({ user }) => user);
  if (replaced.length > 0) {
    const keys = trx("users")
      .where(whereOneOf(trx, "id", replaced))
      .select("key");
    await trx("user_emails").whereIn("user_key", keys).delete();
  }
  const newest = new Map(changes.map(({ user, keys }) => [user, keys]));
  const rows = [...newest].flatMap(([user, keys]) => keys.map((key) => [user, key]));
  if (rows.length > 0) await trx.raw(INSERT_EMAILS, [JSON.stringify(rows)]);
}

const INSERT_EMAILS = `
  insert into user_emails (user_key, email_key)
  select users.key, json_extract(given.value, '$[1]')
  from json_each(?) as given join users on users.id = json_extract(given.value, '$[0]')`;

const REVISION_COLUMNS = ["id", "revision", "live_users", "last_push_at"] as const;
const NEXT_REVISION = `on conflict (id) do update set
  revision = directories.revision + 1,
  live_users = directories.live_users + excluded.live_users,
  last_push_at = excluded.last_push_at`;

async function bumpRevisions(trx: Knex, changes: readonly Effects["changed"][], now: Instant): Promise<void> {
  const moreUsers = new Map<DirectoryId, number>();
  for (const change of changes) {
    for (const [directory, more] of change) moreUsers.set(directory, (moreUsers.get(directory) ?? 0) + more);
  }
  const rows = [...moreUsers].map(([directory, more]) => [directory, 1, more, now]);
  await insertRows(trx, "directories", REVISION_COLUMNS, rows, NEXT_REVISION);
}
