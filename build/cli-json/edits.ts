import { z } from "zod";
import { count, flag, format, open, text, time, type Shape } from "./parts.ts";

const mappingEntry = {
  version: count("of the mapping, from 1"),
  tag: text("for `--expect`"),
  author: text("who saved it"),
  reason: text("why"),
  savedAt: time("when"),
};

const source = z.enum(["store", "file"]).describe("who rules it: edits, or the configuration");

const token = z.strictObject({
  format: format("token"),
  token: text("the secret, shown this once"),
  id: text("as `token list` shows it"),
  scope: z.enum(["scim", "admin", "read", "metrics", "health"]).describe("what it may do"),
  directory: text("set for scope `scim`").nullable(),
  expiresAt: time("null: never").nullable(),
});

/** The mapping and tokens. */
export const EDIT_SHAPES: readonly Shape[] = [
  {
    command: "mapping show",
    as: "document",
    about: "A version of the mapping. Without `--json` the document alone is printed, to be edited and saved again.",
    schema: z.strictObject({
      format: format("mapping"),
      ...mappingEntry,
      document: open("the mapping itself"),
      source,
    }),
  },
  {
    command: "mapping set FILE",
    as: "document",
    about:
      "What was saved; the same for `mapping rollback VERSION`. Where somebody said no, `format` and `outcome` alone.",
    schema: z.union([
      z.strictObject({
        format: format("mapping-saved"),
        ...mappingEntry,
        source,
        isNew: flag("false: it was so already"),
      }),
      z.strictObject({ format: format("mapping-saved"), outcome: z.literal("declined") }),
    ]),
  },
  {
    command: "mapping history",
    as: "list",
    about: "Versions, newest first.",
    schema: z.array(z.strictObject(mappingEntry)),
  },
  {
    command: "mapping preview FILE",
    as: "document",
    about: "What an edit would change, one person a line.",
    schema: z.strictObject({
      format: z.literal("rosterbridge.mapping-preview/1").describe("name and version of this document"),
      moves: z.array(open("`user`, `label`, `account`, `joins`, `leaves`, `seat`, `fields`, `needsApproval`, `held`")),
      movesLeftOut: count("people beyond `--limit`"),
      summary: open("`totals` of everybody, `groups`, `seats`, `unmapped` values, `takeover`"),
    }),
  },
  {
    command: "mapping test FILE",
    as: "document",
    about: "The tests inside a mapping.",
    schema: z.strictObject({
      format: z.literal("rosterbridge.mapping-test/1").describe("name and version of this document"),
      tests: count("that there are"),
      failures: z.array(open("which test, what was expected, what came")),
    }),
  },
  { command: "token create", as: "document", about: "A new token.", schema: token },
  {
    command: "token rotate ID",
    as: "document",
    about: "A new token, and the end of the old one.",
    schema: token.extend({
      replaces: z.strictObject({ id: text("of the old one"), endsAt: time("until when it is good") }),
    }),
  },
  {
    command: "token list",
    as: "list",
    about: "The tokens without what is secret about them, oldest first.",
    schema: z.array(
      z.strictObject({
        id: text("of the token"),
        scope: token.shape.scope,
        directory: token.shape.directory,
        createdAt: time("when it was made"),
        expiresAt: token.shape.expiresAt,
        revokedAt: time("when it was ended").nullable(),
        lastUsedAt: time("to the minute").nullable(),
        replacedBy: text("id of the one that took its place").nullable(),
      }),
    ),
  },
];
