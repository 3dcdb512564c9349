import type { AccountProfile, DesiredAccount, Seat } from "../../domain/account.ts";
import { withImpliedSeat } from "../implied-seat.ts";
import { splitName } from "./functions.ts";
import type { Recipe } from "./schema.ts";

type Field = Exclude<keyof AccountProfile, "email">;
const FIELDS: readonly Field[] = ["displayName", "givenName", "familyName", "timezone", "locale"];

/** The name of a time zone as the product shows it; null for what is none. */
export type TimeZoneName = (name: string) => string | null;

/** How seats are had, and from which pool where each account takes one. */
export type SeatRule = { readonly by: "assigned" | "none" } | { readonly by: "implied"; readonly pool: Seat };

/**
 * The product's own form of a desired account: the fields it has, trimmed and cut as it cuts them, names made of the other
 * names where the recipe says so. What it would not take is left out and told. Pure and idempotent.
 */
export function normalizeDesired(
  desired: DesiredAccount,
  fields: Recipe["profile"],
  seats: SeatRule,
  timeZoneName: TimeZoneName,
): DesiredAccount {
  const profile: { -readonly [K in keyof AccountProfile]: AccountProfile[K] } = {
    email: canonicalEmail(desired.profile.email, fields),
  };
  const problems: string[] = [];
  for (const name of FIELDS) {
    const rules = fields[name];
    const text = rules === undefined ? "" : textOf(name, desired.profile, rules);
    if (rules === undefined || text === "") continue;
    const taken = takenAs(name, text, rules, timeZoneName);
    if (taken !== null) profile[name] = taken;
    else problems.push(`The product does not know the ${WORDS[name]} that the directory has: it is left as it is.`);
  }
  const told = [...new Set([...(desired.problems ?? []), ...problems])];
  return withSeat({ ...desired, profile, ...(told.length === 0 ? {} : { problems: told }) }, seats);
}

const WORDS: Readonly<Record<Field, string>> = {
  displayName: "display name",
  givenName: "given name",
  familyName: "family name",
  timezone: "time zone",
  locale: "language",
};

/** The value as the product takes it; null where it does not. */
function takenAs(name: Field, text: string, { oneOf }: Rules, timeZoneName: TimeZoneName): string | null {
  if (oneOf !== undefined) return oneOf.includes(text) ? text : null;
  return name === "timezone" ? timeZoneName(text) : text;
}

type Rules = NonNullable<Recipe["profile"][Field]>;

function textOf(name: Field, profile: AccountProfile, { maxLength, ...rules }: Rules): string {
  const given = profile[name]?.trim() ?? "";
  const text = given !== "" || !("otherwise" in rules) ? given : derived(rules.otherwise, profile);
  return maxLength === undefined ? text : [...text].slice(0, maxLength).join("").trim();
}

/** A name made of the other names: never of anything else, so that nothing is written that the directory does not say. */
function derived(otherwise: unknown, { displayName = "", givenName = "", familyName = "" }: AccountProfile): string {
  switch (otherwise) {
    case "firstName":
      return splitName(displayName).first;
    case "lastName":
      return splitName(displayName).last ?? "";
    case "fullName":
      return `${givenName.trim()} ${familyName.trim()}`.trim();
    default:
      return "";
  }
}

function canonicalEmail(email: string, { email: { case: letters } }: Recipe["profile"]): string {
  return letters === "lower" ? email.trim().toLowerCase() : email.trim();
}

function withSeat(desired: DesiredAccount, seats: SeatRule): DesiredAccount {
  switch (seats.by) {
    case "assigned":
      return desired;
    case "implied":
      return withImpliedSeat(desired, seats.pool);
    case "none":
      return desired.seat === null ? desired : { ...desired, seat: null };
  }
}
