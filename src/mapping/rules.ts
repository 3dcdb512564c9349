import { z } from "zod";
import { ConfigError, ScimError } from "../domain/errors.ts";
import type { JsonObject } from "../domain/json.ts";
import { explainIssue, toProblems } from "../lib/explain-issue.ts";
import { canonicalResource } from "../scim/canonical.ts";
import { compileFilter } from "../scim/evaluate.ts";
import { parseFilter } from "../scim/parse-filter.ts";
import { compileAttributeReader } from "../scim/read-attribute.ts";
import { USER_TYPE } from "../scim/resource-types.ts";

/** The SCIM user that a test gives, as it would be stored; the document is JSON, so its parts are. Throws ScimError. */
export function toResource(given: Readonly<Record<string, unknown>>): JsonObject {
  return canonicalResource(given as JsonObject, USER_TYPE);
}

/** Attribute paths per account field: the first value that can be used wins. */
const DEFAULT_PATHS = {
  email: ['emails[type eq "work"].value', "emails[primary eq true].value", "userName"],
  givenName: ["name.givenName"],
  familyName: ["name.familyName"],
  displayName: ["displayName", "name.formatted"],
  timezone: ["timezone"],
  locale: ["locale", "preferredLanguage"],
} as const;

/** Reports, where a value stands, why the SCIM code refuses it. */
function checkedBy<T>(check: (value: T) => unknown) {
  return (value: T, context: z.RefinementCtx): void => {
    try {
      check(value);
    } catch (error) {
      if (!(error instanceof ScimError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
    }
  };
}

const filter = z
  .string()
  .superRefine(
    checkedBy((text: string) => compileFilter(parseFilter(text), USER_TYPE, { unknownAttributes: "absent" })),
  );
const path = z.string().superRefine(checkedBy((text: string) => compileAttributeReader(text, USER_TYPE)));
/** What no product has in a name, and what would forge a line wherever the name is shown. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const name = z
  .string()
  .min(1)
  .max(256)
  .refine((text) => !UNSEEN.test(text), "must not hold control characters or line ends")
  .refine((text) => text.trim() === text || text === "", "must not begin or end with a space");
const names = z.union([name, z.array(name).min(1)], { error: "must be the name of a group, or a list of names" });

function paths(defaults: readonly string[]) {
  return z.array(path).default([...defaults]);
}

const RULE_KEYS = {
  attribute: { needs: ["values"], takes: ["values", "unmapped"] },
  when: { needs: ["group"], takes: ["group"] },
  directoryGroup: { needs: ["group"], takes: ["group"] },
} as const;

// One object with a check, not a union: a union would say that no branch fits, and not what is wrong.
const groupRule = z
  .strictObject({
    attribute: path.exactOptional().describe("Attribute whose values are looked up in `values`."),
    values: z.record(z.string(), names).exactOptional().describe("Exact value -> group or groups."),
    unmapped: z
      .union([z.enum(["report", "ignore"]), z.strictObject({ group: name })], {
        error: 'must be "report", "ignore" or {"group": "name"}',
      })
      .exactOptional()
      .describe(
        "What becomes of a value that is not in `values`: report (default), ignore, or a group for all of them.",
      ),
    when: filter.exactOptional().describe("SCIM filter: whoever matches is put into `group`."),
    directoryGroup: name.exactOptional().describe("Name of a directory group: its members are put into `group`."),
    group: names.exactOptional(),
  })
  .superRefine((rule, context) => {
    const kinds = (["attribute", "when", "directoryGroup"] as const).filter((key) => rule[key] !== undefined);
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) {
      context.addIssue({ code: "custom", message: "must have exactly one of attribute, when, directoryGroup" });
      return;
    }
    const { needs, takes } = RULE_KEYS[kind];
    for (const key of needs) {
      if (rule[key as keyof typeof rule] === undefined) {
        context.addIssue({ code: "custom", path: [key], message: `is required beside ${kind}` });
      }
    }
    for (const key of Object.keys(rule)) {
      if (key === kind || (takes as readonly string[]).includes(key)) continue;
      context.addIssue({ code: "custom", path: [key], message: `does not go with ${kind}` });
    }
  });

const seatRule = z.strictObject({ when: filter, seat: name.nullable().describe("Seat pool; null: no seat.") });

const ownTest = z
  .strictObject({
    given: z
      .record(z.string(), z.unknown())
      .describe("A SCIM user; active unless it says otherwise.")
      .superRefine(checkedBy(toResource)),
    directoryGroups: z.array(name).default([]).describe("Names of the directory groups that this user is a member of."),
    groups: z.array(name).exactOptional().describe("Product groups expected, in any order."),
    seat: name.nullable().exactOptional().describe("Seat pool expected."),
  })
  .refine(({ groups, seat }) => groups !== undefined || seat !== undefined, "must expect groups, seat or both");

/**
 * The mapping document (product.md section 4), with every default: `{}` is a complete mapping. Filters and attribute
 * paths are checked where they stand. The output is the document itself, still plain JSON.
 */
export const mappingSchema = z.strictObject({
  account: z
    .strictObject({
      email: z
        .array(path)
        .min(1)
        .default([...DEFAULT_PATHS.email]),
      givenName: paths(DEFAULT_PATHS.givenName),
      familyName: paths(DEFAULT_PATHS.familyName),
      displayName: paths(DEFAULT_PATHS.displayName),
      timezone: paths(DEFAULT_PATHS.timezone),
      locale: paths(DEFAULT_PATHS.locale),
    })
    .prefault({})
    .describe("Attribute paths per account field; the first that is not empty wins. An empty list: not ours."),
  scope: filter.nullable().default(null).describe("SCIM filter; people outside it get no account."),
  groups: z
    .strictObject({
      authoritative: z.boolean().default(true).describe("Whether members whom no rule put there are taken out."),
      createMissing: z.boolean().default(true),
      rules: z.array(groupRule).default([]),
    })
    .prefault({}),
  seats: z
    .strictObject({ rules: z.array(seatRule).default([]), default: name.nullable().default("standard") })
    .prefault({})
    .describe("The first rule that matches decides."),
  rehire: z
    .enum(["link", "new", "conflict"])
    .default("conflict")
    .describe("What to do when a deleted person's e-mail comes back under another external id."),
  tests: z.array(ownTest).default([]).describe("Checked before the mapping is saved."),
});

/** A mapping document with its defaults filled in: plain JSON; filters and paths are known to be sound. */
export type MappingDocument = z.output<typeof mappingSchema>;
/** One rule of `groups.rules`. */
export type GroupRuleDocument = MappingDocument["groups"]["rules"][number];

/** Checks a document and fills in its defaults. Throws ConfigError with every problem and its path. */
export function parseMapping(document: unknown): MappingDocument {
  const parsed = mappingSchema.safeParse(document, { error: explainIssue });
  if (parsed.success) return parsed.data;
  throw new ConfigError("The mapping", toProblems(parsed.error));
}
