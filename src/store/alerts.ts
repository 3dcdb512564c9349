import type { Knex } from "knex";
import type { Notice } from "../domain/alert.ts";
import type { Instant } from "../domain/brand.ts";
import { addMs } from "../domain/instant.ts";
import type { Alerts, AlertState, QueuedNotice } from "../ports/alerts.ts";
import { whereOneOf } from "./dialect.ts";
import { reading } from "./reading.ts";
import type { WriteQueue } from "./write-queue.ts";

const REVISION = { name: "alerts_revision" };
/** No attempt is put off for so long: the clock was set back since. */
const LONGEST_DELAY_MS = 60 * 60_000;

interface AlertRow {
  readonly key: string;
  readonly since: string;
  readonly document: string;
}
interface NoticeRow {
  readonly sequence: number;
  readonly webhook: string;
  readonly document: string;
  readonly at: string;
  readonly attempts: number;
  readonly next_at: string;
}

/** Alerts as rows: one per condition, and one per notice that a webhook has still to get. */
export function createAlerts(reader: Knex, queue: WriteQueue): Alerts {
  return {
    list: () =>
      reading(async () => {
        // The revision first: whatever is saved between the two makes the next `save` fail, and not the reverse.
        const revision = await readRevision(reader);
        const rows = await reader<AlertRow>("alerts").orderBy(["since", "key"]).select();
        return { revision, states: rows.map(({ document }) => JSON.parse(document) as AlertState) };
      }),
    save: (revision, { put, remove, notices }) =>
      queue.submit(async (unit) => {
        if ((await readRevision(await unit.reading())) !== revision) return false;
        const db = await unit.writing();
        await db("counters").where(REVISION).increment("value", 1);
        await db<AlertRow>("alerts")
          .where(whereOneOf(db, "key", remove))
          .delete();
        for (const state of put) await db<AlertRow>("alerts").insert(toAlertRow(state)).onConflict("key").merge();
        for (const { webhook, notice } of notices) await db("alert_notices").insert(toNoticeRow(webhook, notice));
        return true;
      }),
    async claim(webhook, now, until) {
      // Mostly there is none: that costs no unit.
      if ((await reading(() => findDue(reader, webhook, now))) === undefined) return undefined;
      return queue.submit(async (unit) => {
        const row = await findDue(await unit.reading(), webhook, now);
        if (row === undefined) return undefined;
        const db = await unit.writing();
        await db<NoticeRow>("alert_notices").where("sequence", row.sequence).update({ next_at: until });
        return fromNoticeRow(row);
      });
    },
    ...createEndings(reader, queue),
  };
}

/** How notices leave the queue, or stay in it. */
function createEndings(reader: Knex, queue: WriteQueue): Pick<Alerts, "delivered" | "postpone" | "giveUp"> {
  return {
    delivered: (sequence) =>
      queue.submit(async (unit) => {
        const db = await unit.writing();
        await db<NoticeRow>("alert_notices").where({ sequence }).delete();
      }),
    postpone: (sequence, attempts, nextAt) =>
      queue.submit(async (unit) => {
        const db = await unit.writing();
        await db<NoticeRow>("alert_notices").where({ sequence }).update({ attempts, next_at: nextAt });
      }),
    async giveUp(before) {
      const old = (db: Knex) => db<NoticeRow>("alert_notices").where("at", "<", before);
      if ((await reading(() => old(reader).limit(1).select())).length === 0) return [];
      return queue.submit(async (unit) => {
        const db = await unit.writing();
        const rows = await old(db).orderBy("sequence").select();
        await old(db).delete();
        return rows.map(fromNoticeRow);
      });
    },
  };
}

async function readRevision(db: Knex): Promise<number> {
  const [row] = await db<{ name: string; value: number }>("counters").where(REVISION).select("value");
  return row?.value ?? 0;
}

/** The oldest notice to a webhook, when it is its turn. */
async function findDue(db: Knex, webhook: string, now: Instant): Promise<NoticeRow | undefined> {
  const [row] = await db<NoticeRow>("alert_notices").where({ webhook }).orderBy("sequence").limit(1).select();
  return row === undefined || isLater(row, now) ? undefined : row;
}

function isLater({ next_at }: NoticeRow, now: Instant): boolean {
  return next_at > now && next_at <= addMs(now, LONGEST_DELAY_MS);
}

function toAlertRow(state: AlertState): AlertRow {
  return { key: state.condition.key, since: state.since, document: JSON.stringify(state) };
}

function toNoticeRow(webhook: string, notice: Notice): Omit<NoticeRow, "sequence"> {
  return { webhook, document: JSON.stringify(notice), at: notice.at, attempts: 0, next_at: notice.at };
}

function fromNoticeRow({ sequence, webhook, document, attempts }: NoticeRow): QueuedNotice {
  return { sequence, webhook, attempts, notice: JSON.parse(document) as Notice };
}
