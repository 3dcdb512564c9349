import type { Knex } from "knex";
import type { PersonState } from "../domain/person-state.ts";
import type { Placed } from "../domain/placed.ts";
import { boundedPage, type PageWork } from "../lib/bounded-page.ts";
import type { Census, CensusEntry, CensusQuery } from "../ports/census.ts";
import { compileFilter, type Predicate } from "../scim/evaluate.ts";
import { userToWire } from "../scim/user.ts";
import { beginningWith, inState, ofBoth, PEOPLE_TYPE, searchablePeople, STATE } from "./census-sql.ts";
import { rowsFor } from "./dialect.ts";
import { narrow } from "./filter-sql.ts";
import { peopleByKey, STAGED } from "./people.ts";
import { parsePosition, printPosition } from "./position.ts";
import { reading } from "./reading.ts";
import { and, EVERY, sql, type Sql } from "./sql.ts";

/** Everybody staged, as rows. `work`: how much is done for one page where the filter has to be asked of each person. */
export function createCensus(reader: Knex, work?: PageWork): Census {
  return {
    page: (query) =>
      reading(async () => {
        const { condition, matches } = compile(query);
        const page = await boundedPage(
          {
            read: (behind, limit) => readSome(reader, condition, { behind, limit }),
            wanted: matches === null ? null : (entry) => matches(toWire(entry)),
            behind: query.after === null ? null : parsePosition(query.after, (value) => value === null).key,
            limit: query.limit,
          },
          work,
        );
        const { items, behind } = page;
        return { items, next: behind === null ? null : printPosition({ value: null, key: behind }) };
      }),
  };
}

/** What SQL answers of a question, and, unless that is all of it, the rest. */
interface Compiled {
  readonly condition: Sql;
  readonly matches: Predicate | null;
}

function compile({ directory, text, filter, state }: CensusQuery): Compiled {
  const conditions = [
    ...(directory === null ? [] : [sql("users.directory = ?", directory)]),
    ...(text === null ? [] : [beginningWith(text)]),
    ...(state === null ? [] : [inState(state)]),
  ];
  const asked = conditions.reduce(and, EVERY);
  if (filter === null) return { condition: asked, matches: null };
  // Even what SQL answers alone: what is refused must be refused whatever its shape.
  const matches = compileFilter(filter, PEOPLE_TYPE);
  const narrowing = narrow(filter, searchablePeople(directory));
  if (narrowing === null) return { condition: asked, matches };
  return { condition: and(asked, ofBoth(narrowing.condition)), matches: narrowing.exact ? null : matches };
}

/** Some of those who satisfy the condition, in the order in which they came; both statements see one state. */
async function readSome(
  reader: Knex,
  condition: Sql,
  { behind, limit }: { readonly behind: number | null; readonly limit: number },
): Promise<readonly Placed<CensusEntry>[]> {
  const trx = await reader.transaction();
  try {
    const rows = await rowsFor<{ readonly key: number; readonly state: PersonState }>(
      trx,
      sql(
        `select users.key as key, ${STATE} as state from ${STAGED}
         where users.inherited_by is null and users.key > ? and ? order by users.key limit ?`,
        behind ?? 0,
        condition,
        limit,
      ),
    );
    const records = await peopleByKey(
      trx,
      rows.map(({ key }) => key),
    );
    return rows.flatMap(({ key, state }) => {
      const record = records.get(key);
      return record === undefined ? [] : [{ place: key, item: { ...record, state } }];
    });
  } finally {
    await trx.commit();
  }
}

function toWire({ person: { user, deletedAt, groups }, state }: CensusEntry) {
  const wire = userToWire(user, { baseUrl: "", groups });
  return { ...wire, directory: user.directory, deleted: deletedAt !== null, state };
}
