import { createHash } from "node:crypto";
import type { MappingVersion } from "../../ports/records.ts";

const DIGITS = 16;

/**
 * What tells one saved mapping from every other: its version, and a hash of its document, so that a version 3 of a restored
 * backup is not taken for another version 3. Fit for an ETag.
 */
export function mappingTag({ version, document }: Pick<MappingVersion, "version" | "document">): string {
  const hash = createHash("sha256").update(JSON.stringify(document)).digest("hex");
  return `${version}-${hash.slice(0, DIGITS)}`;
}

/** Whether `expected`, a version (`3`, `v3`) or a tag, with or without the quotes of an ETag, means this mapping. A weak ETag means none. */
export function isExpected(expected: string, current: Pick<MappingVersion, "version" | "document">): boolean {
  const bare = expected.replace(/^"(.*)"$/, "$1");
  return [String(current.version), `v${current.version}`, mappingTag(current)].includes(bare);
}
