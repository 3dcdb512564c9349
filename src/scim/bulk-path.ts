import { GROUP_TYPE, USER_TYPE } from "./resource-types.ts";
import type { ResourceType } from "./schema.ts";

const PREFIX = "bulkId:";

/** What the path of a bulk operation names: all resources of a type (`id` null), or one, if need be by its `bulkId:x`. */
export interface BulkPath {
  readonly type: ResourceType;
  readonly id: string | null;
}

/** Takes the path of a bulk operation apart; null for one that is not served. */
export function parseBulkPath(path: string): BulkPath | null {
  const [root, endpoint = "", id = null, ...rest] = path.split("/", 4);
  const type = [USER_TYPE, GROUP_TYPE].find((each) => each.endpoint === `/${endpoint}`);
  if (root !== "" || type === undefined || rest.length > 0) return null;
  return { type, id: id === null || id === "" ? null : decoded(id) };
}

/** The bulkId by which a path names its resource; null where it does not. */
export function referenceInPath(path: string): string | null {
  return referenceIn(parseBulkPath(path)?.id ?? "");
}

/** The bulkId that a text refers to; null when it is no reference. */
export function referenceIn(text: string): string | null {
  return text.startsWith(PREFIX) && text.length > PREFIX.length ? text.slice(PREFIX.length) : null;
}

/** An id as it was before it became part of a path; what no client could have encoded stands for itself. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
