import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.ts";
import type { AccountProfile } from "../../domain/account.ts";
import type { Change } from "../../domain/plan.ts";
import type { Dossier } from "../../ports/erasures.ts";
import type { JournalEntry } from "../../ports/journal.ts";

/** A shorter name or key stands in too many texts that have nothing to do with anybody. */
const SHORTEST_NAME = 5;
const SHORTEST_KEY = 8;

/**
 * Texts that stand for one person wherever they are found: addresses, full names, userNames and keys of the IdP, those of
 * earlier times included as far as the journal knows them. Names that many people have are left out.
 */
export function personalTexts(
  { lives, link }: Pick<Dossier, "lives" | "link">,
  journal: readonly JournalEntry[],
): readonly string[] {
  const profiles = [
    ...(link?.applied === null || link === null ? [] : [link.applied]),
    ...journal.flatMap(({ change }) => profilesOf(change)),
  ];
  const texts = [
    ...lives.flatMap(({ user }) => [user.userName, user.externalId ?? "", ...textsOf(user.resource)]),
    ...profiles.flatMap(({ email, displayName, givenName, familyName }) => [
      email,
      displayName ?? "",
      fullName(givenName, familyName),
    ]),
  ].map((text) => text.trim());
  return [...new Set(texts)].filter(isTelling);
}

function isTelling(text: string): boolean {
  const isNameOrAddress = text.includes("@") || /\s/.test(text);
  return text.length >= (isNameOrAddress ? SHORTEST_NAME : SHORTEST_KEY);
}

function textsOf({ displayName, name, emails }: JsonObject): readonly string[] {
  const parts = isJsonObject(name) ? name : {};
  const addresses = isJsonArray(emails) ? emails.map((email) => (isJsonObject(email) ? email["value"] : null)) : [];
  return [displayName, parts["formatted"], fullName(parts["givenName"], parts["familyName"]), ...addresses].filter(
    (text) => typeof text === "string",
  );
}

function fullName(given: JsonValue | undefined, family: JsonValue | undefined): string {
  return typeof given === "string" && typeof family === "string" ? `${given} ${family}` : "";
}

function profilesOf(change: Change): readonly AccountProfile[] {
  if (change.kind === "create-account") return [change.desired.profile];
  if (change.kind === "adopt-account") return [change.profile];
  return change.kind === "update-account" ? [change.before, change.after] : [];
}
