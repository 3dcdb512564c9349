import type { DirectoryId } from "../domain/directory.ts";
import type { PersonState } from "../domain/person-state.ts";
import type { FilterNode } from "../scim/filter.ts";
import type { PersonRecord } from "./workspace.ts";

/** A question about everybody who is or was staged. Null: no bound. */
export interface CensusQuery {
  readonly directory: DirectoryId | null;
  /**
   * Who has an id, userName, e-mail, externalId or display name that is this or begins with it. Ids and externalIds are
   * compared as they are written, the rest without case.
   */
  readonly text: string | null;
  /** Over the attributes of a SCIM user, and `directory`, `deleted` (true or false) and `state`. */
  readonly filter: FilterNode | null;
  readonly state: PersonState | null;
  /** The `next` of a page; null: the first page. */
  readonly after: string | null;
  readonly limit: number;
}

/** One person, and how things stand with them. */
export interface CensusEntry extends Pick<PersonRecord, "person" | "link"> {
  readonly state: PersonState;
}

/** One page of an answer. `next` is where the next one begins, an opaque text; null at the end. */
export interface CensusPage {
  readonly items: readonly CensusEntry[];
  readonly next: string | null;
}

/** Everybody staged in any directory, tombstones included, as somebody looks through them who may see all of them. */
export interface Census {
  /**
   * In the order in which people came: nobody who is there all the while is left out or given twice, whatever comes and goes
   * between two pages. A tombstone whose place somebody else took is left out: the person is there under another id. Where
   * the filter has to be asked of each person, only so many are asked for one page: it may then hold fewer people than
   * `limit`, or none, and still have a `next`.
   * Throws InvalidFilterError for a filter that compares what cannot be compared, InvalidCursorError for a position that is
   * none.
   */
  page(query: CensusQuery): Promise<CensusPage>;
}
