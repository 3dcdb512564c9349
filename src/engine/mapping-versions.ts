import type { Instant } from "../domain/brand.ts";
import type { DirectoryUser, Person } from "../domain/directory.ts";
import { MappingChangedError } from "../domain/mapping-errors.ts";
import { compileMapping, type Mapping } from "../mapping/compile.ts";
import { mappedResource } from "../mapping/mapped-resource.ts";
import { parseMapping, type MappingDocument } from "../mapping/rules.ts";
import type { Clock } from "../ports/ambient.ts";
import type { MappingVersion, Mappings } from "../ports/records.ts";
import { expectTestsHold, toJson } from "./mapping/check-mapping.ts";
import { saveVersion } from "./mapping/save-version.ts";

/** The mapping in force, ready for use. */
export interface CurrentMapping {
  readonly mapping: Mapping;
  readonly savedAt: Instant;
}

/** Who rules the mapping: the store, seeded once from the configuration, or the configuration file itself. */
export interface MappingSource {
  readonly source: "store" | "file";
  readonly initial: MappingDocument;
}

/** The versions of the mapping as a use case; compiles each version once. */
export interface MappingVersions {
  /**
   * The newest version; saves the configuration's as the first when there is none, or, ruled by file, when it differs. Throws
   * MappingTestsError when that one's own tests fail.
   */
  current(): Promise<CurrentMapping>;
  /**
   * Whether this user is in the scope of the version that was read last; true before the first. Asks nobody. `groups`
   * may be empty unless `scopeReadsGroups`.
   */
  isInScope(user: DirectoryUser, groups: Person["groups"]): boolean;
  /** Whether the scope of the version that was read last asks for the groups of a user; false before the first. */
  scopeReadsGroups(): boolean;
}

/** Makes the use case. */
export function createMappingVersions(
  mappings: Mappings,
  clock: Clock,
  { source, initial }: MappingSource,
): MappingVersions {
  let compiled: CurrentMapping | null = null;
  let asked: Promise<MappingVersion> | null = null;

  const newest = async (): Promise<MappingVersion> => {
    const stored = await mappings.current();
    const isOutdated =
      stored === undefined ||
      (source === "file" && JSON.stringify(parseMapping(stored.document)) !== JSON.stringify(initial));
    if (!isOutdated) return stored;
    expectTestsHold(initial, "The mapping of the configuration (mapping.initial)");
    const reason = stored === undefined ? "seeded from the configuration" : "the configuration file changed";
    const by = { author: "configuration", reason };
    return saveVersion(mappings, { after: stored, document: toJson(initial), by, at: clock.now() });
  };
  // Two processes that start together, on the same configuration: one of them saves, the other one reads what it saved.
  const newestOfAll = (): Promise<MappingVersion> =>
    newest().catch((error: unknown) => {
      if (error instanceof MappingChangedError) return newest();
      throw error;
    });

  return {
    async current() {
      // Two runs that begin together share one answer, lest both save a first version.
      asked ??= newestOfAll().finally(() => (asked = null));
      const version = await asked;
      if (compiled?.mapping.version !== version.version) {
        const mapping = compileMapping(parseMapping(version.document), version.version);
        compiled = { mapping, savedAt: version.savedAt };
      }
      return compiled;
    },
    isInScope(user, groups) {
      const scope = compiled?.mapping.scope ?? null;
      return scope === null || scope.matches(mappedResource(user, groups));
    },
    scopeReadsGroups: () => compiled?.mapping.scope?.readsGroups ?? false,
  };
}
