import { z } from "zod";
import { instant, opaqueId, shape } from "./basics.ts";

const record = z.object({
  id: opaqueId,
  scope: z.enum(["scim", "admin", "read", "metrics", "health"]),
  directory: z.string().nullable().describe("Set for scope `scim`."),
  createdAt: instant,
  expiresAt: instant.nullable(),
  revokedAt: instant.nullable(),
  lastUsedAt: instant.nullable().describe("To the minute."),
  replacedBy: opaqueId.nullable().describe("The token that took its place."),
});

/** A token as it is kept: never the token itself. */
export const TOKEN = shape("Token", record);

/** All tokens, ended ones included. */
export const TOKENS = shape("Tokens", z.object({ items: z.array(record).describe("Oldest first.") }));

const span = (word: string) => z.string().regex(/^\d{1,9}(ms|s|m|h|d)$/, `must be a time such as ${word}`);

/** A token to be made. */
export const TOKEN_REQUEST = shape(
  "TokenRequest",
  z.strictObject({
    directory: z.string().exactOptional().describe("For an IdP: the directory that it pushes to."),
    scope: z.enum(["admin", "read", "metrics", "health"]).exactOptional().describe("For people and programs."),
    expires: span("90d").nullable().default(null).describe("How long it is good for; null: for ever."),
  }),
);

/** How a token is replaced. */
export const TOKEN_ROTATION = shape(
  "TokenRotation",
  z.strictObject({
    overlap: span("1h").exactOptional().describe("How long both are good; without it the old one ends at once."),
    expires: span("90d")
      .nullable()
      .exactOptional()
      .describe("How long the new one is good for; null: for ever; without it as long as the old one was meant to be."),
  }),
);

/** A token, shown this once. */
export const NEW_TOKEN = shape("NewToken", z.object({ token: z.string(), record }));

/** A token that took the place of another. */
export const ROTATED_TOKEN = shape("RotatedToken", z.object({ token: z.string(), record, previous: record }));
