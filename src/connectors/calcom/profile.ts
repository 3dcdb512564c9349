import type { AccountProfile, DesiredAccount, Seat } from "../../domain/account.ts";
import { canonicalEmail } from "./accounts.ts";

/** Languages that every version of Cal.com takes (its API's list of locales); `iw` is its word for Hebrew. */
const LOCALES = "en fr it ru es de pt ro nl pt-BR ko ja pl ar iw zh-CN zh-TW cs sr sv vi bn".split(" ");
const OTHER_NAMES: Readonly<Record<string, string>> = { he: "iw", zh: "zh-cn", "zh-hk": "zh-tw", "zh-hant": "zh-tw" };

/**
 * What Cal.com can hold of a desired account: no given and family names, addresses in lower case, its own languages and
 * time zones, and a seat for everybody who is a member. What has to be left out is told in `problems`. Pure, and
 * idempotent. `zoneName` spells a time zone, or answers null for what is none.
 */
export function toCalcomDesire(
  desired: DesiredAccount,
  seat: string,
  zoneName: (name: string) => string | null,
): DesiredAccount {
  const problems = [...(desired.problems ?? [])];
  const { email, displayName } = desired.profile;
  const profile: AccountProfile = {
    email: canonicalEmail(email),
    ...named("displayName", trimmed(displayName)),
    ...named("timezone", known(desired.profile.timezone, zoneName, "has no time zone", problems)),
    ...named("locale", known(desired.profile.locale, localeName, "does not speak", problems)),
  };
  const isActive = desired.status === "active";
  if (isActive && desired.seat === null) {
    problems.push(`Everybody in Cal.com occupies a seat (${seat}), though the mapping gives them none.`);
  }
  return {
    ...desired,
    profile,
    seat: isActive ? (seat as Seat) : desired.seat,
    ...(problems.length === 0 ? {} : { problems }),
  };
}

/** A field that is there, or none. */
function named<K extends string>(field: K, value: string | null): Partial<Record<K, string>> {
  return value === null ? {} : ({ [field]: value } as Record<K, string>);
}

function trimmed(text: string | undefined): string | null {
  const rest = text?.trim() ?? "";
  return rest === "" ? null : rest;
}

/** The product's own word for a value; null where it has none, which is added to `problems`. */
function known(
  value: string | undefined,
  wordFor: (value: string) => string | null,
  lacks: string,
  problems: string[],
): string | null {
  const text = trimmed(value);
  const word = text === null ? null : wordFor(text);
  // Values of a directory may be of any length.
  if (text !== null && word === null) problems.push(`Cal.com ${lacks} ${JSON.stringify(text.slice(0, 60))}.`);
  return word;
}

/** `de-CH` is `de`, where Cal.com has no language of its own for the region; null for one that it does not have at all. */
function localeName(tag: string): string | null {
  const whole = tag.toLowerCase().replaceAll("_", "-");
  const [language = ""] = whole.split("-");
  const names = [whole, OTHER_NAMES[whole], language, OTHER_NAMES[language]];
  for (const name of names) {
    const known = LOCALES.find((locale) => locale.toLowerCase() === name);
    if (known !== undefined) return known;
  }
  return null;
}
