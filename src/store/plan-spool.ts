import type { Knex } from "knex";
import type { PersonPlan } from "../domain/plan.ts";
import type { SavedPlan } from "../ports/workspace.ts";
import { insertRows, type Cell } from "./dialect.ts";
import { inPages } from "./pages.ts";

// Person plans on their way through a run, in temporary tables of its own connection.

const PAGE = 500;

/**
 * Puts person plans into settling order: leavers first, then those with a claim to a seat, by seat, rank, since and
 * user; then the rest, by user. Takes them all in before it gives the first one out; holds a page of them at a time.
 */
export async function* inSettlingOrder(db: Knex, plans: AsyncIterable<PersonPlan>): AsyncGenerator<PersonPlan> {
  await db.raw("drop table if exists temp.settling");
  await db.raw(
    "create temporary table settling (item integer primary key, class integer, seat text, seat_rank integer, since text, user_id text, plan text)",
  );
  const columns = ["class", "seat", "seat_rank", "since", "user_id", "plan"];
  for await (const page of inPages(plans, PAGE)) await insertRows(db, "settling", columns, page.map(toCells));

  await db.raw("drop table if exists temp.settled");
  await db.raw("create temporary table settled (position integer primary key, item integer)");
  await db.raw(
    "insert into settled (item) select item from settling order by class, seat, seat_rank, since, user_id, item",
  );
  for (let after = 0; ; after += PAGE) {
    const rows = await db("settled")
      .join("settling", "settling.item", "settled.item")
      .where("settled.position", ">", after)
      .orderBy("settled.position")
      .limit(PAGE)
      .select<{ plan: string }[]>("settling.plan");
    yield* rows.map(parsePlan);
    if (rows.length < PAGE) return;
  }
}

/** The place of one plan, and the plan: only those with a claim are told apart by it. */
function toCells(plan: PersonPlan): readonly Cell[] {
  const text = JSON.stringify(plan);
  if (plan.cause === "leaver") return [0, null, null, null, plan.user, text];
  if (plan.seatClaim === null) return [2, null, null, null, plan.user, text];
  const { seat, rank, since } = plan.seatClaim;
  return [1, seat, rank, since, plan.user, text];
}

/** Spools what a fold yields, and keeps what it returns. Throws what the fold throws. */
export async function savePlan<R>(
  db: Knex,
  people: AsyncGenerator<PersonPlan, R, void>,
  isCurrent: () => boolean,
): Promise<SavedPlan<R>> {
  await db.raw("drop table if exists temp.plan");
  await db.raw("create temporary table plan (position integer primary key, person text)");
  const fold = keepingResult(people);
  for await (const page of inPages(fold.items, PAGE)) {
    await insertRows(
      db,
      "plan",
      ["person"],
      page.map((plan) => [JSON.stringify(plan)]),
    );
  }
  return { result: fold.result(), people: () => readPlan(db, isCurrent) };
}

async function* readPlan(db: Knex, isCurrent: () => boolean): AsyncGenerator<PersonPlan> {
  for (let after = 0; ; after += PAGE) {
    if (!isCurrent()) throw new Error("This plan was replaced by a newer one in its workspace.");
    const rows = await db("plan")
      .where("position", ">", after)
      .orderBy("position")
      .limit(PAGE)
      .select<{ plan: string }[]>("person as plan");
    yield* rows.map(parsePlan);
    if (rows.length < PAGE) return;
  }
}

function parsePlan({ plan }: { readonly plan: string }): PersonPlan {
  return JSON.parse(plan) as PersonPlan;
}

/** Splits a generator into what it yields and what it returns, which is there once the items have ended. */
function keepingResult<T, R>(generator: AsyncGenerator<T, R, void>): { items: AsyncIterable<T>; result(): R } {
  const results: R[] = [];
  async function* items(): AsyncGenerator<T> {
    try {
      for (let step = await generator.next(); ; step = await generator.next()) {
        if (step.done === true) return void results.push(step.value);
        yield step.value;
      }
    } finally {
      if (results.length === 0) await generator[Symbol.asyncDispose]();
    }
  }
  return {
    items: items(),
    result() {
      const [result] = results;
      if (results.length === 0) throw new Error("The fold has not ended yet.");
      return result as R;
    },
  };
}
