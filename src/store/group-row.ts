import type { Instant } from "../domain/brand.ts";
import type { DirectoryGroup, DirectoryGroupId, DirectoryId } from "../domain/directory.ts";
import type { JsonObject } from "../domain/json.ts";
import { foldCase } from "../scim/fold-case.ts";

/** A row of `groups`. */
export interface GroupRow {
  readonly key: number;
  readonly id: string;
  readonly directory: string;
  readonly display_name: string;
  readonly display_name_key: string;
  readonly external_id: string | null;
  readonly version: number;
  readonly created: string;
  readonly last_modified: string;
  readonly resource: string;
}

/** A group as its columns; the key is the store's own. */
export function toGroupColumns(group: DirectoryGroup): Omit<GroupRow, "key"> {
  return {
    id: group.id,
    directory: group.directory,
    display_name: group.displayName,
    display_name_key: foldCase(group.displayName),
    external_id: group.externalId ?? null,
    version: group.meta.version,
    created: group.meta.created,
    last_modified: group.meta.lastModified,
    resource: JSON.stringify(group.resource),
  };
}

/** The group a row holds. */
export function fromGroupRow(row: GroupRow): DirectoryGroup {
  return {
    id: row.id as DirectoryGroupId,
    directory: row.directory as DirectoryId,
    ...(row.external_id !== null && { externalId: row.external_id }),
    displayName: row.display_name,
    resource: JSON.parse(row.resource) as JsonObject,
    meta: {
      created: row.created as Instant,
      lastModified: row.last_modified as Instant,
      version: row.version,
    },
  };
}
