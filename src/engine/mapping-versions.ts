import type { Instant } from "../domain/brand.ts";
import type { DirectoryUser, Person } from "../domain/directory.ts";
import { isJsonObject, type JsonObject } from "../domain/json.ts";
import { compileMapping, type Mapping } from "../mapping/compile.ts";
import { mappedResource } from "../mapping/mapped-resource.ts";
import { parseMapping, type MappingDocument } from "../mapping/rules.ts";
import type { Clock } from "../ports/ambient.ts";
import type { MappingVersion, Mappings } from "../ports/records.ts";

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
  /** The newest version; saves the configuration's as the first when there is none, or, ruled by file, when it differs. */
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
    const document = toJson(initial);
    if (stored === undefined)
      return mappings.save(document, "configuration", "seeded from the configuration", clock.now());
    const isOutdated = source === "file" && JSON.stringify(parseMapping(stored.document)) !== JSON.stringify(initial);
    return isOutdated
      ? mappings.save(document, "configuration", "the configuration file changed", clock.now())
      : stored;
  };

  return {
    async current() {
      // Two runs that begin together share one answer, lest both save a first version.
      asked ??= newest().finally(() => (asked = null));
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

function toJson(document: MappingDocument): JsonObject {
  const json: unknown = JSON.parse(JSON.stringify(document));
  if (!isJsonObject(json)) throw new TypeError("A mapping is a JSON object.");
  return json;
}
