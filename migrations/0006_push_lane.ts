import type { Knex } from "knex";

/** The name under which this migration is recorded; never changes. */
export const name = "0006_push_lane";

const ALL = "links";
const OFFBOARDED = "links_offboarded";

/** What lets a run for one person cost the same, however many people there are. */
export async function up(knex: Knex): Promise<void> {
  await countLinks(knex);
  await knex.raw("create index failures_due on failures (next_at, user_id)");
}

/** Takes the numbers, what keeps them, and the index away again. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw("drop index failures_due");
  for (const trigger of ["links_counted_again", "links_counted_out", "links_counted_in"]) {
    await knex.raw(`drop trigger ${trigger}`);
  }
  await knex("counters").whereIn("name", [ALL, OFFBOARDED]).delete();
}

/**
 * How many links there are, kept beside them: every run asks. Triggers keep the numbers in the transaction that changes a
 * link, so that no crash and no forgotten statement parts them.
 */
async function countLinks(knex: Knex): Promise<void> {
  await knex.raw(`insert into counters (name, value) select '${ALL}', count(*) from links`);
  await knex.raw(`insert into counters (name, value) select '${OFFBOARDED}', count(offboarded_at) from links`);
  await knex.raw(
    `create trigger links_counted_in after insert on links begin
       update counters set value = value + 1 where name = '${ALL}';
       update counters set value = value + 1 where name = '${OFFBOARDED}' and new.offboarded_at is not null;
     end`,
  );
  await knex.raw(
    `create trigger links_counted_out after delete on links begin
       update counters set value = value - 1 where name = '${ALL}';
       update counters set value = value - 1 where name = '${OFFBOARDED}' and old.offboarded_at is not null;
     end`,
  );
  await knex.raw(
    `create trigger links_counted_again after update of offboarded_at on links
     when (old.offboarded_at is null) <> (new.offboarded_at is null) begin
       update counters set value = value + iif(new.offboarded_at is null, -1, 1) where name = '${OFFBOARDED}';
     end`,
  );
}
