import type { JsonValue } from "../domain/json.ts";

/** The boolean that a value means; Entra writes booleans as `"True"` and `"False"`. Undefined for everything else. */
export function booleanOf(value: JsonValue): boolean | undefined {
  if (typeof value === "boolean") return value;
  const text = typeof value === "string" ? value.toLowerCase() : "";
  return text === "true" ? true : text === "false" ? false : undefined;
}
