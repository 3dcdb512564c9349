import { parseMapping, type MappingDocument } from "../../mapping/rules.ts";
import type { Finding } from "../../ports/connector.ts";
import type { MappingVersion } from "../../ports/records.ts";

/** The versions that the configuration's mapping is held against; the first one was seeded from it. */
export interface SavedMappings {
  readonly first: Pick<MappingVersion, "document">;
  readonly current: Pick<MappingVersion, "document" | "version">;
}

/**
 * Tells that `mapping.initial` was edited after it had been saved, which has no effect where the store rules the mapping. None
 * where it says what the first version, or the one in force, says; an empty one says nothing that could be missed.
 */
export function mappingFindings(initial: MappingDocument, { first, current }: SavedMappings): readonly Finding[] {
  const known = [{}, first.document, current.document].map((document) => JSON.stringify(parseMapping(document)));
  if (known.includes(JSON.stringify(initial))) return [];
  const detail = `mapping.initial was edited after v1 had been saved from it, and has no effect: the mapping in force is v${current.version} of the store.`;
  const remedy =
    'Put the edit in a file, look at `rosterbridge mapping preview FILE`, and save it: rosterbridge mapping set FILE --reason "…". Or set mapping.source to file.';
  return [{ subject: "mapping.initial", verdict: "warning", detail, remedy }];
}
