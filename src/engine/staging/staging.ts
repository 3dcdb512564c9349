import type { DirectoryId } from "../../domain/directory.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { Ambient } from "../../ports/ambient.ts";
import type { WakeReason } from "../../ports/directory-tx.ts";
import type { Store } from "../../ports/store.ts";
import { sameResource } from "../../scim/same-resource.ts";
import type { MappingVersions } from "../mapping-versions.ts";
import type { ExpectedVersion } from "./versions.ts";

/** Which directory a request concerns, and on whose behalf it is made. */
export interface Origin {
  readonly directory: DirectoryId;
  /** For the audit log: `token:<id>`. */
  readonly actor: string;
}

/** Whether an answer shows memberships: the groups of a user, the members of a group. If not, they are not read. */
export interface Showing {
  readonly withMemberships: boolean;
}

/** Which resource a request changes, for whom, at which version, and what of it the answer shows. */
export interface PushedChange {
  readonly origin: Origin;
  readonly id: string;
  readonly expected: ExpectedVersion;
  readonly showing: Showing;
}

/** What the staging of users and groups needs. */
export interface StagingDeps {
  readonly store: Store;
  readonly ambient: Ambient;
  /** Whom the mapping has in its scope: whoever was pushed out of it leaves like everybody who leaves. */
  readonly mappings: Pick<MappingVersions, "isInScope" | "scopeReadsGroups">;
  /** Called after the commit of what wakes anybody, with whether a leaver may be among them. */
  onStaged(reason: WakeReason): void;
}

/** Names only: what the values were is in the resource, and no business of a log. */
export function changedAttributes(before: JsonObject, after: JsonObject): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !sameResource(before[name], after[name])).sort();
}
