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

const MARK = /^([a-z0-9][a-z0-9-]{0,62})\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** The directory of a mark; null for a text that no bridge wrote. */
export function directoryOfMark(mark: string): DirectoryId | null {
  const match = MARK.exec(mark);
  return match?.[1] === undefined ? null : (match[1] as DirectoryId);
}

/** The person of a mark; null for a text that no bridge wrote. */
export function userOfMark(mark: string): DirectoryUserId | null {
  const match = MARK.exec(mark);
  return match?.[2] === undefined ? null : (match[2] as DirectoryUserId);
}
