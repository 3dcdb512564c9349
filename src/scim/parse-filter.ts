import { InvalidFilterError } from "../domain/errors.ts";
import { createFilterCursor } from "./filter-cursor.ts";
import { takeFilter } from "./filter-parser.ts";
import type { FilterNode } from "./filter.ts";

/**
 * Parses a filter (RFC 7644 section 3.4.2.2) without looking at any schema. Takes time linear in the text, and at most
 * 4,096 characters, 50 terms and 16 levels. Beyond the RFC it takes what IdPs send: operators in any case, Entra's
 * `emails[type eq "work"].value eq "x"`, and one unquoted word after `eq`, `sw` and `co`, read as a string.
 * Throws InvalidFilterError, which names the fault and its position.
 */
export function parseFilter(text: string): FilterNode {
  const cursor = createFilterCursor(text, (fault) => new InvalidFilterError(`The filter is not valid: ${fault}.`));
  const filter = takeFilter(cursor);
  cursor.expect("end", "the end");
  return filter;
}
