import type { AccountProfile } from "../domain/account.ts";
import type { JsonObject, JsonValue } from "../domain/json.ts";
import { compileAttributeReader } from "../scim/read-attribute.ts";
import { USER_TYPE } from "../scim/resource-types.ts";
import type { MappingDocument } from "./rules.ts";

type Field = keyof MappingDocument["account"];

/** What the directory gives for an account's fields. */
export interface AccountValues {
  /** `email` is empty when the directory gives none that can be used. */
  readonly profile: AccountProfile;
  /** Values that were passed over, as whole sentences. */
  readonly problems: readonly string[];
}

/** Reads an account's fields from a resource. */
export type AccountFields = (resource: JsonObject) => AccountValues;

const LONGEST_EMAIL = 320;
const LONGEST_TEXT = 256;
/** What broken attribute expressions of IdPs send for "no value". */
const NO_VALUE: ReadonlySet<string> = new Set(["", "null", "undefined"]);
const ADDRESS = /^[^\s\p{Cc}@]+@[^\s\p{Cc}@]+$/u;
const CONTROL = /\p{Cc}/u;
const CONTROLS = /\p{Cc}+/gu;

const OPTIONAL_FIELDS = [
  "displayName",
  "givenName",
  "familyName",
  "timezone",
  "locale",
] as const satisfies readonly Field[];

/**
 * Compiles the `account` part of a mapping. Per field the first value that can be used wins; a field without one is
 * absent, so that it is never overwritten with nothing. Spaces around a value are cut off.
 */
export function compileAccount(account: MappingDocument["account"]): AccountFields {
  const email = compileField(account.email, refuseAddress);
  const others = OPTIONAL_FIELDS.map((field) => ({ field, read: compileField(account[field], refuseText) }));
  return (resource) => {
    const problems: string[] = [];
    const profile: { -readonly [K in keyof AccountProfile]: AccountProfile[K] } = {
      email: email(resource, problems) ?? "",
    };
    for (const { field, read } of others) {
      const value = read(resource, problems);
      if (value !== null) profile[field] = value;
    }
    return { profile, problems };
  };
}

/** Says why a value cannot be used; null when it can. */
type Refuse = (value: string) => string | null;

function compileField(
  paths: readonly string[],
  refuse: Refuse,
): (resource: JsonObject, problems: string[]) => string | null {
  const readers = paths.map((path) => ({ path, read: compileAttributeReader(path, USER_TYPE) }));
  return (resource, problems) => {
    for (const { path, read } of readers) {
      for (const raw of read(resource)) {
        const value = clean(raw);
        if (NO_VALUE.has(value)) continue;
        const refusal = refuse(value);
        if (refusal === null) return value;
        problems.push(`The value of ${path} ${refusal}.`);
      }
    }
    return null;
  };
}

function clean(raw: JsonValue): string {
  if (typeof raw !== "string") return "";
  return (CONTROL.test(raw) ? raw.replace(CONTROLS, " ") : raw).trim();
}

function refuseAddress(value: string): string | null {
  if (value.length > LONGEST_EMAIL) return `is longer than ${LONGEST_EMAIL} characters`;
  return ADDRESS.test(value) ? null : "is not an e-mail address";
}

function refuseText(value: string): string | null {
  return value.length > LONGEST_TEXT ? `is longer than ${LONGEST_TEXT} characters` : null;
}
