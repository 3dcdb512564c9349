import type { JsonObject } from "../../domain/json.ts";
import { valueAt } from "./resource.ts";

/** An `If-Match` for the version that was read, so that a PUT never undoes what others wrote (RFC 7644 section 3.14). */
export function versionOf(resource: JsonObject): Readonly<Record<string, string>> {
  const version = valueAt(resource, "meta.version");
  return typeof version === "string" && /^(?:W\/)?"[\x21\x23-\x7e]{0,200}"$/.test(version)
    ? { "if-match": version }
    : {};
}
