import { InvalidPathError } from "../domain/errors.ts";
import { createFilterCursor } from "./filter-cursor.ts";
import { takeAttributePath, takeElementFilter, takeSelectedSubAttribute } from "./filter-parser.ts";
import type { FilterNode } from "./filter.ts";

/** What a PATCH path names, not yet looked up in a schema. `filter` selects elements of a multi-valued attribute. */
export interface PatchPath {
  readonly urn: string | null;
  readonly attribute: string;
  readonly filter: FilterNode | null;
  readonly subAttribute: string | null;
}

/**
 * Parses a PATCH path (RFC 7644 section 3.5.2), such as `name.givenName`, `emails[type eq "work"].value` or
 * `urn:...:User:manager`, under the limits of `parseFilter`. Throws InvalidPathError.
 */
export function parsePatchPath(text: string): PatchPath {
  const cursor = createFilterCursor(text, (fault) => new InvalidPathError(`The path is not valid: ${fault}.`));
  const { urn, attribute, subAttribute } = takeAttributePath(cursor);
  // A value filter stands behind an attribute, never behind a sub-attribute.
  const filter = subAttribute === null ? takeElementFilter(cursor) : null;
  const selected = filter === null ? subAttribute : takeSelectedSubAttribute(cursor);
  cursor.expect("end", "the end");
  return { urn, attribute, filter, subAttribute: selected };
}
