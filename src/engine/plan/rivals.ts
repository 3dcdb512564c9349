import type { DirectoryId, DirectoryUserId } from "../../domain/directory.ts";
import type { Mapping } from "../../mapping/compile.ts";
import { desire } from "../../mapping/desire.ts";
import type { Rival } from "../../planning/context.ts";
import type { Workspace } from "../../ports/workspace.ts";

/** A person's claim to an address. */
export interface Claim {
  readonly directory: DirectoryId;
  readonly email: string;
}

/** What is needed to know who else claims an address. */
export interface RivalDeps {
  readonly workspace: Pick<Workspace, "claimants" | "peopleById">;
  readonly mapping: Mapping;
  /** In the order of the configuration. */
  readonly directories: readonly DirectoryId[];
}

/**
 * Per claim, in order, the other directory in which somebody who should have an account claims the same address, if one
 * does: of several the one listed first. Whoever is out of the mapping's scope claims nothing. With a single directory
 * nobody is asked.
 */
export async function rivalsOf(deps: RivalDeps, claims: readonly Claim[]): Promise<readonly (Rival | null)[]> {
  const { workspace, directories } = deps;
  if (directories.length < 2) return claims.map(() => null);
  const claimants = await workspace.claimants(claims.map(({ email }) => email));
  const elsewhere = claims.map(({ directory }, index) =>
    (claimants[index] ?? []).filter((claimant) => claimant.directory !== directory),
  );
  const wanted = await wantedAmong(
    deps,
    elsewhere.flat().map(({ user }) => user),
  );
  return claims.map(({ directory }, index) => {
    const others = new Set(
      (elsewhere[index] ?? []).flatMap((other) => (wanted.has(other.user) ? other.directory : [])),
    );
    const first = directories.find((other) => others.has(other));
    if (first === undefined) return null;
    return { directory: first, listedFirst: directories.indexOf(first) < directories.indexOf(directory) };
  });
}

async function wantedAmong(
  { workspace, mapping }: RivalDeps,
  users: readonly DirectoryUserId[],
): Promise<ReadonlySet<DirectoryUserId>> {
  if (users.length === 0) return new Set();
  const records = await workspace.peopleById([...new Set(users)]);
  return new Set(records.flatMap(({ person }) => (desire(person, mapping).status === "active" ? person.user.id : [])));
}
