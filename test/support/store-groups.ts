import { randomUUID } from "node:crypto";
import type { Instant } from "../../src/domain/brand.ts";
import type { DirectoryGroup, DirectoryGroupId, DirectoryId } from "../../src/domain/directory.ts";
import type { JsonObject } from "../../src/domain/json.ts";

/** What a test says of a group. */
export interface GroupParts {
  readonly id?: string;
  readonly directory?: string;
  readonly displayName?: string;
  readonly externalId?: string;
  readonly resource?: JsonObject;
  readonly version?: number;
  readonly created?: string;
  readonly lastModified?: string;
}

/** A group of directory `acme` with an id and a name of its own, whose properties agree with its resource. */
export function aGroup(parts: GroupParts = {}): DirectoryGroup {
  const id = parts.id ?? randomUUID();
  const { displayName = `Group ${id}`, externalId, version = 1 } = parts;
  const created = parts.created ?? "2026-11-23T08:00:00.000Z";
  return {
    id: id as DirectoryGroupId,
    directory: (parts.directory ?? "acme") as DirectoryId,
    ...(externalId !== undefined && { externalId }),
    displayName,
    resource: { displayName, ...(externalId !== undefined && { externalId }), ...parts.resource },
    meta: { created: created as Instant, lastModified: (parts.lastModified ?? created) as Instant, version },
  };
}
