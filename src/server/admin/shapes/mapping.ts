import { z } from "zod";
import { explainIssue } from "../../../lib/explain-issue.ts";
import { anyObject, instant, opaqueId, pageOf, reason, shape } from "./basics.ts";

const entry = z.object({
  version: z.int(),
  tag: z.string().describe("As the ETag has it, without the quotes."),
  author: z.string(),
  reason: z.string(),
  savedAt: instant,
});

/** The mapping document: its own schema is that of the configuration. */
export const MAPPING_DOCUMENT = shape(
  "MappingDocument",
  anyObject.describe(
    "`account`, `scope`, `groups`, `seats`, `rehire`, `tests`, as in the configuration's `mapping.initial`.",
  ),
);

/**
 * A body that is a mapping document, or one with a document in it: no mapping has a key `document`. Comes out with the
 * document in it.
 */
function documentOr<F extends z.ZodRawShape>(fields: F) {
  const whole = z.strictObject({ document: MAPPING_DOCUMENT.schema, ...fields });
  return anyObject.transform((body, context): z.output<typeof whole> => {
    const parsed = whole.safeParse(Object.hasOwn(body, "document") ? body : { document: body }, {
      error: explainIssue,
    });
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) context.addIssue({ code: "custom", path, message });
    return z.NEVER;
  });
}

/** A version of the mapping. */
export const MAPPING = shape(
  "Mapping",
  entry.extend({
    source: z.enum(["store", "file"]).describe("Who rules it; `file`: it cannot be edited here."),
    document: MAPPING_DOCUMENT.schema,
  }),
);

/** Versions without their documents. */
export const MAPPING_VERSIONS = shape("MappingVersions", pageOf(entry));

/** What was saved; `isNew` false: it says what was in force already. */
export const MAPPING_SAVED = shape("MappingSaved", MAPPING.schema.extend({ isNew: z.boolean() }));

/** An edit, or the document alone. */
export const MAPPING_EDIT = shape(
  "MappingEdit",
  documentOr({
    reason: reason.exactOptional(),
    takesOver: z
      .boolean()
      .exactOptional()
      .describe("It is meant that membership of the groups that the rules name becomes the bridge's."),
  }).describe("`{document, reason, takesOver}`, or the document itself, with the others in the query."),
);

/** An edit that is only looked at, or the document alone. */
export const MAPPING_TRIAL = shape(
  "MappingTrial",
  documentOr({
    stagedOnly: z.boolean().exactOptional().describe("Asks the product nothing."),
    limit: z.int().min(0).max(10_000).exactOptional().describe("How many people to list in `moves`; 1,000 without."),
  }).describe("`{document, stagedOnly, limit}`, or the document itself, with the others in the query."),
);

/** Which version to go back to. */
export const MAPPING_ROLLBACK = shape(
  "MappingRollback",
  z.strictObject({ version: z.int().min(1), reason, takesOver: z.boolean().default(false) }),
);

const move = z.object({
  user: opaqueId,
  directory: z.string(),
  label: z.string(),
  account: z.enum(["leaves", "comes-in", "stays", "stays-out"]).nullable(),
  joins: z.array(z.string()),
  leaves: z.array(z.string()),
  seat: z.object({ from: z.string().nullable(), to: z.string().nullable() }).nullable(),
  fields: z.array(z.object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() })),
  needsApproval: z.boolean(),
  held: z.array(z.string()),
});

const totals = z.object({
  moves: z.int(),
  leave: z.int(),
  comeIn: z.int(),
  stay: z.int(),
  stayOut: z.int(),
  joinGroups: z.int(),
  leaveGroups: z.int(),
  gainSeat: z.int(),
  loseSeat: z.int(),
  fields: z.int(),
  needApproval: z.int(),
  held: z.int(),
});

/** What an edit would change: the plan under it minus the plan under the saved mapping. */
export const MAPPING_PREVIEW = shape(
  "MappingPreview",
  z.object({
    savedVersion: z.int(),
    observedAt: instant.nullable(),
    whyStagedOnly: z.string().nullable(),
    people: z.int(),
    totals,
    groups: z.array(
      z.object({
        group: z.string(),
        before: z.int(),
        after: z.int(),
        joins: z.int(),
        leaves: z.int(),
        isCreated: z.boolean().nullable(),
        isEmptied: z.boolean(),
        ruling: z.enum(["begins", "ends"]).nullable(),
      }),
    ),
    seats: z.array(z.object({ seat: z.string(), before: z.int(), after: z.int(), total: z.int().nullable() })),
    unmapped: z.array(z.object({ value: z.string(), people: z.int(), before: z.int() })),
    unmappedBeyond: z.int(),
    idleRules: z.array(z.string()),
    takeover: z.object({ groups: z.array(z.string()), isFirst: z.boolean(), takenOut: z.int() }),
    moves: z.array(move).describe("The first people for whom anything changes; `totals.moves` counts all."),
  }),
);
