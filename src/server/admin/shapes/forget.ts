import { z } from "zod";
import { anyObject, instant, opaqueId, shape } from "./basics.ts";

/** What was erased of one person, or would be. */
export const FORGOTTEN = shape(
  "Forgotten",
  z.object({
    user: opaqueId.describe("By which the skeleton is still found."),
    earlier: z.array(opaqueId).describe("Ids of lives before a rehire, erased with it."),
    at: instant.exactOptional(),
    erased: z
      .object({ changes: z.int(), proofs: z.int(), auditRows: z.int() })
      .describe("Records from which something was erased."),
    scrubbed: z
      .boolean()
      .exactOptional()
      .describe("False: old text may be left in free places of the file until the daemon has made up for it."),
    stillNamed: anyObject.describe("Where they are still named, because it is not theirs alone to erase."),
  }),
);
