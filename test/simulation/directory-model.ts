import type { DirectoryId } from "../../src/domain/directory.ts";
import { DIRECTORY_GROUP, GROUPS_OF_DEPARTMENT, type Scenario } from "./scenario.ts";

/** What an IdP says of one person. */
export interface Said {
  readonly externalId: string | null;
  readonly userName: string;
  readonly email: string;
  readonly displayName: string;
  readonly department: string;
  readonly title: string;
  readonly userType: string;
  /** SCIM id of the manager. */
  readonly manager: string | null;
  readonly active: boolean;
}

/** One SCIM user, as the acknowledged pushes left it. */
export interface Staged {
  readonly id: string;
  readonly directory: DirectoryId;
  /** The human being behind it; one may have several, one after the other or in several directories. */
  readonly who: number;
  said: Said;
  isDeleted: boolean;
  /** A push was begun and never answered: either may be. */
  isUnsure: boolean;
  /** Number of statements, for noticing that something was said meanwhile. */
  statements: number;
}

/** The oracle's own memory of the directory: fed by acknowledged pushes alone. */
export interface DirectoryModel {
  readonly users: Map<string, Staged>;
  /** Members of the one directory group that the mapping reads, per directory; null: there is none. */
  readonly groups: Map<DirectoryId, { id: string; readonly members: Set<string> }>;
}

/** Nobody yet. */
export function createDirectoryModel(): DirectoryModel {
  return { users: new Map(), groups: new Map() };
}

/** What somebody should have in the product, by the oracle's own reading of the mapping. */
export interface Wanted {
  readonly isActive: boolean;
  readonly email: string;
  readonly displayName: string;
  readonly seat: string | null;
  /** Sorted. */
  readonly groups: readonly string[];
}

/** Works out what the mapping of the scenario means for a person. */
export function wantedFor(staged: Staged, model: DirectoryModel, { scoped }: Scenario): Wanted {
  const { said, isDeleted } = staged;
  const isActive = !isDeleted && said.active && !(scoped && said.userType === "Robot");
  const groups = new Set(GROUPS_OF_DEPARTMENT[said.department] ?? []);
  if (said.title.toLowerCase().includes("manager")) groups.add("Managers");
  if (model.groups.get(staged.directory)?.members.has(staged.id) === true) groups.add("Tier");
  return {
    isActive,
    email: said.email.toLowerCase(),
    displayName: said.displayName,
    seat: isActive && said.userType !== "Contractor" ? "standard" : null,
    groups: isActive ? [...groups].sort() : [],
  };
}

/** The live user of a human being in a directory. */
export function liveOf(model: DirectoryModel, who: number, directory: DirectoryId): Staged | undefined {
  return [...model.users.values()].find(
    (staged) => staged.who === who && staged.directory === directory && !staged.isDeleted,
  );
}

/** The name of the directory group that is mapped, for pushes. */
export const GROUP_NAME = DIRECTORY_GROUP;
