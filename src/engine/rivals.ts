import type { DirectoryId } from "../domain/directory.ts";
import type { Rival } from "../planning/context.ts";
import type { Workspace } from "../ports/workspace.ts";

/** A person's claim to an address. */
export interface Claim {
  readonly directory: DirectoryId;
  readonly email: string;
}

/**
 * Per claim, in order, the other directory that claims the same address, if one does: of several the one listed first.
 * With a single directory nobody is asked. `directories` are in the order of the configuration.
 */
export async function rivalsOf(
  workspace: Pick<Workspace, "claimants">,
  directories: readonly DirectoryId[],
  claims: readonly Claim[],
): Promise<readonly (Rival | null)[]> {
  if (directories.length < 2) return claims.map(() => null);
  const claimants = await workspace.claimants(claims.map(({ email }) => email));
  return claims.map(({ directory }, index) => {
    const others = new Set((claimants[index] ?? []).filter((other) => other !== directory));
    const first = directories.find((other) => others.has(other));
    if (first === undefined) return null;
    return { directory: first, listedFirst: directories.indexOf(first) < directories.indexOf(directory) };
  });
}
