import { z } from "zod";
import type { Shape } from "../declaration.ts";

/** Gives a schema the name that it has in the OpenAPI document. */
export function shape<S extends z.ZodType>(name: string, schema: S): Shape<S> {
  return { name, schema };
}

/** A time: RFC 3339, UTC, milliseconds. */
export const instant = z.iso.datetime();
/** An id that is ours or the product's: opaque. */
export const opaqueId = z.string().min(1);
/** Twelve hexadecimal digits. */
export const digest = z.string().regex(/^[0-9a-f]{12}$/);
/** Numbers by a name, such as changes by kind; names that do not occur are left out or 0. */
export const counts = z.record(z.string(), z.int());
/** JSON of which nothing is promised but that it is an object. */
export const anyObject = z.record(z.string(), z.unknown());

/** One page of a list; `nextCursor` null: it is the last. */
export function pageOf<S extends z.ZodType>(item: S) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe("For the query parameter `cursor` of the next page; null: no more."),
  });
}

/** Parameters of every list. */
export const paging = {
  cursor: z
    .string()
    .min(1)
    .max(4_096)
    .exactOptional()
    .describe("The `nextCursor` of the page before; good for an hour."),
  limit: wholeNumber(1, 1_000).default(100).describe("How many items at most, from 1 to 1,000."),
};

/** A whole number in a query. */
export function wholeNumber(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,12}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((count) => count >= least && count <= most, `must be a whole number from ${least} to ${most}`)
    .meta({ type: "integer", minimum: least, maximum: most });
}

/** `true` or `false` in a query. */
export function yesOrNo() {
  return z
    .enum(["true", "false"])
    .transform((word) => word === "true")
    .meta({ type: "boolean" });
}

/** A SCIM filter in a query; `over` says over what, and gives an example. */
export function filterOver(over: string) {
  return z.string().min(1).max(4_096).exactOptional().describe(`SCIM filter over ${over}.`);
}

/** Why somebody does something: kept in the audit log. */
export const reason = z
  .string()
  .trim()
  .min(1)
  .max(1_000)
  .refine((text) => !/\p{Cc}/u.test(text), "must be one line without control characters")
  .describe("Why; kept in the audit log.");
