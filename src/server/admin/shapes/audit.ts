import { z } from "zod";
import { anyObject, instant, pageOf, shape } from "./basics.ts";

const point = z.object({ sequence: z.int(), hash: z.string().describe("SHA-256 over the row and all before it.") });

const row = point.extend({
  at: instant,
  actor: z.string().describe("`cli`, `token:<id>`, or a part of the bridge."),
  action: z.string().describe("Such as `user.changed`, `plan.approved`, `token.created`."),
  subject: z.string().describe("The id of what it happened to."),
  detail: anyObject,
  hashing: z.int().describe("2: `hash` covers the SHA-256 of the detail; 1, by older versions: the detail itself."),
  erased: z.string().exactOptional().describe("SHA-256 of the detail that stood here before somebody was forgotten."),
});

/** A page of the audit log. */
export const AUDIT = shape("AuditRows", pageOf(row));

/** What came of walking the chain. */
export const AUDIT_REPORT = shape(
  "AuditReport",
  z.object({
    whole: z.boolean(),
    rows: z.int().describe("Rows that are as they were written: all, or those before the break."),
    from: instant.nullable(),
    to: instant.nullable(),
    start: point.extend({ at: instant }).nullable().describe("The last row that retention deleted; null: none was."),
    erased: z.int().describe("Rows that lack a reason that named somebody who was forgotten."),
    end: point.nullable(),
    unchecked: point.nullable().describe("The end that was expected, where retention has deleted its row."),
    broken: z
      .object({ kind: z.enum(["missing", "altered", "cut-off", "rewritten", "erased"]), sequence: z.int() })
      .nullable(),
  }),
);
