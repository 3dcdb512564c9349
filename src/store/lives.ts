import type { Knex } from "knex";

// A rehire may be deleted and hired again: each life knows the one that came after it.
const LIVES = `
  with recursive lives (id) as (
    select ?
    union
    select users.id from users join lives on users.inherited_by = lives.id
  )
  select id from lives`;

/** Rows of a person under any id they are or were known by: this one, and those of the deleted people whose place they took. */
export function inLivesOf(db: Knex, column: "user_id" | "subject" | "id", user: string): Knex.Raw {
  return db.raw(`${column} in (${LIVES})`, [user]);
}
