import type { ExpectedVersion } from "../engine/staging/versions.ts";

/**
 * The versions that an `If-Match` header lists (RFC 9110 section 13.1.1), or the `version` of a bulk operation; null
 * without one, or when `*` is among them. What is no version of ours matches none.
 */
export function expectedVersion(header: string): ExpectedVersion {
  const tags = tagsIn(header);
  if (tags.length === 0 || tags.includes("*")) return null;
  return tags.flatMap((tag) => {
    const version = /^"([1-9]\d{0,14})"$/.exec(tag)?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}

/** Whether an `If-None-Match` header lists this version (RFC 9110 section 13.1.2). */
export function listsVersion(header: string, version: number): boolean {
  return tagsIn(header).some((tag) => tag === "*" || tag === `"${version}"`);
}

/** Ours are weak, `W/"3"`; that they are is no matter here. */
function tagsIn(header: string): readonly string[] {
  if (header.trim() === "") return [];
  return header.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
}
