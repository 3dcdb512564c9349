import { isJsonObject, type JsonObject } from "../../domain/json.ts";

/** What somebody is called, as the IdP pushed it: the name to show, else the parts of the name; null without any. */
export function nameToShow({ displayName, name }: JsonObject): string | null {
  const parts = isJsonObject(name) ? name : {};
  const whole = [displayName, parts["formatted"]].find(isText);
  const pieces = [parts["givenName"], parts["familyName"]].filter(isText).join(" ");
  return whole ?? (pieces === "" ? null : pieces);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}
