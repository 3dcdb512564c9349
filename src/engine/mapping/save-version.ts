import type { Instant } from "../../domain/brand.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { MappingVersion, Mappings } from "../../ports/records.ts";
import { mappingTag } from "./mapping-tag.ts";

/** What is saved, after which version. */
export interface NextVersion {
  readonly after: Pick<MappingVersion, "version"> | undefined;
  readonly document: JsonObject;
  readonly by: { readonly author: string; readonly reason: string };
  readonly at: Instant;
  /** More for the audit log. */
  readonly detail?: JsonObject;
}

/** Saves a version with its row of the audit log. Throws MappingChangedError when another one came first. */
export function saveVersion(
  mappings: Pick<Mappings, "save">,
  { after, document, by: { author, reason }, at, detail = {} }: NextVersion,
): Promise<MappingVersion> {
  const version = { version: (after?.version ?? 0) + 1, document, author, reason, savedAt: at };
  return mappings.save(version, {
    at,
    actor: author,
    action: "mapping.saved",
    subject: `mapping:v${version.version}`,
    detail: { version: version.version, tag: mappingTag(version), reason, ...detail },
  });
}
