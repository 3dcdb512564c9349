import type { DirectoryId, DirectoryUserId } from "./directory.ts";

/**
 * The mark that a bridge leaves on the accounts it makes, where the product can hold one: `<directory>/<user id>`. A
 * bridge that lost its database still knows the accounts of its directories by it, and those of other bridges.
 */
export function markOf({
  directory,
  user,
}: {
  readonly directory: DirectoryId;
  readonly user: DirectoryUserId;
}): string {
  return `${directory}/${user}`;
}

/** The directory of a mark; null for a text that no bridge wrote. */
export function directoryOfMark(mark: string): DirectoryId | null {
  const match = /^([a-z0-9][a-z0-9-]{0,62})\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(mark);
  return match?.[1] === undefined ? null : (match[1] as DirectoryId);
}
