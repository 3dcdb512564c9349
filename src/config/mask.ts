import type { JsonObject, JsonValue } from "../domain/json.ts";
import { formatPath } from "../lib/json-path.ts";
import type { Path } from "../lib/json-path.ts";

const MASK = "***";
const SECRET_KEY = /(token|password|passphrase|secret|credentials?|api_?key|private_?key|authorization|webhook)$/i;
/** What a recipe asks for under names of its own: which of it is secret is not known here. */
const SETTINGS = /^product(?:\.bookings)?\.settings\b/;
const USER_INFO = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i;

/**
 * A copy that may be printed: `***` in place of values that came from the environment or a file (`references`, paths as
 * `formatPath` writes them), of whatever stands under a key that names a secret or in a recipe's settings, and of user and password in addresses.
 * Takes what JSON can carry; anything else shows as null.
 */
export function maskSettings(settings: object, references: ReadonlySet<string>): JsonObject {
  function isSecret(path: Path): boolean {
    const place = formatPath(path);
    if (references.has(place) || SECRET_KEY.test(String(path.at(-1)))) return true;
    return SETTINGS.test(place) && path.at(-1) !== "settings";
  }
  function mask(value: unknown, path: Path): JsonValue {
    if (value === null || value === undefined) return null;
    if (isSecret(path)) return MASK;
    if (typeof value === "string") return value.replace(USER_INFO, `$1${MASK}@`);
    if (typeof value === "number" || typeof value === "boolean") return value;
    if (Array.isArray(value)) return value.map((element: unknown, index) => mask(element, [...path, index]));
    return typeof value === "object" ? members(value, path) : null;
  }
  function members(object: object, path: Path): JsonObject {
    const present = Object.entries(object).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(present.map(([key, inner]) => [key, mask(inner, [...path, key])]));
  }
  return members(settings, []);
}
