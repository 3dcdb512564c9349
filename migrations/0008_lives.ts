import type { Knex } from "knex";

/** The name under which this migration is recorded; never changes. */
export const name = "0008_lives";

/** Quick answers to "who was this person before?" and "whose account may have been made without our learning of it?". */
export async function up(knex: Knex): Promise<void> {
  await knex.raw("create index users_inherited on users (inherited_by) where inherited_by is not null");
  await knex.raw("create index journal_open on journal (user_id, change_key) where state in ('intent', 'unknown')");
}

/** Takes the indexes away again. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw("drop index journal_open");
  await knex.raw("drop index users_inherited");
}
