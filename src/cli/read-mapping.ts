import { LONGEST_MAPPING } from "../engine/mapping/check-mapping.ts";
import { readJson } from "./read-text.ts";

/** A character takes at most so many bytes for each UTF-16 code unit. */
const LARGEST_FILE = 3 * LONGEST_MAPPING;

/**
 * The JSON document in a file, not checked any further. A byte order mark and Windows line ends are taken. Throws UsageError
 * that says what is wrong with the file, and where.
 */
export function readMappingFile(file: string): unknown {
  const whenEmpty = "`rosterbridge mapping show` prints a mapping to begin with.";
  return readJson(file, { what: "a mapping", most: LARGEST_FILE, whenEmpty });
}
