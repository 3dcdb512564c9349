import { z } from "zod";
import { scimJson } from "../kit/answers.ts";
import type { TwinAnswer } from "../kit/answers.ts";
import { wholeNumber } from "../kit/route.ts";
import type { ScimVendorRules } from "./vendor-rules.ts";

/** What a list may be asked for: a filter, or a page by the way of paging that the vendor has. */
export function listQuery({ paging }: ScimVendorRules) {
  return z.strictObject({
    filter: z.string().optional(),
    count: wholeNumber(0, 100_000).optional(),
    excludedAttributes: z.literal("members").optional(),
    ...(paging.cursor ? { cursor: z.string().optional() } : { startIndex: wholeNumber(0, 1_000_000).optional() }),
  });
}

/** One page of all that fits. */
export function listAnswer(
  resources: readonly unknown[],
  query: Readonly<Record<string, unknown>>,
  { paging }: ScimVendorRules,
): TwinAnswer {
  const { firstIndex, cap, cursor } = paging;
  const count = Math.min(typeof query["count"] === "number" ? query["count"] : cap, cap);
  const start = cursor
    ? Number((typeof query["cursor"] === "string" ? query["cursor"] : "").slice("at-".length))
    : Math.max(0, (typeof query["startIndex"] === "number" ? query["startIndex"] : firstIndex) - firstIndex);
  const shown = resources.slice(start, start + count);
  const end = start + shown.length;
  return scimJson(200, {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    totalResults: resources.length,
    ...(cursor ? (end < resources.length ? { nextCursor: `at-${end}` } : {}) : { startIndex: start + firstIndex }),
    itemsPerPage: shown.length,
    Resources: shown,
  });
}
