import type { Instant } from "../../domain/brand.ts";
import type { Meta } from "../../domain/directory.ts";
import { VersionConflictError } from "../../domain/errors.ts";

/** The versions of which a request expects one (`If-Match`, which may list several); null when it expects none. */
export type ExpectedVersion = readonly number[] | null;

/** Throws VersionConflictError unless the stored version is expected. `kind` names the resource: `user`, `group`. */
export function expectVersion(kind: string, { version }: Meta, expected: ExpectedVersion): void {
  if (expected === null || expected.includes(version)) return;
  throw new VersionConflictError(`The ${kind} is at version W/"${version}": read it again before you change it.`);
}

/** The `meta` of what is staged for the first time. */
export function firstMeta(now: Instant): Meta {
  return { created: now, lastModified: now, version: 1 };
}

/** The `meta` after a real change. The clock may have been set back; what a client has seen may not. */
export function nextMeta({ created, lastModified, version }: Meta, now: Instant): Meta {
  return { created, lastModified: now > lastModified ? now : lastModified, version: version + 1 };
}
