import { z } from "zod";
import { chainPoint, count, counts, flag, format, open, text, time, userId, type Shape } from "./parts.ts";

const fault = z.strictObject({
  row: count("line of a CSV file, place in a JSON list; from 1"),
  column: text("null: the whole row").nullable(),
  message: text("what is wrong"),
});

/** What is kept, checked and mended. */
export const CARE_SHAPES: readonly Shape[] = [
  {
    command: "audit verify",
    as: "document",
    about: "Whether the chain is whole.",
    schema: z.strictObject({
      format: format("audit-check"),
      whole: flag("nothing is broken"),
      rows: count("that are as they were written"),
      from: time("of the first of them").nullable(),
      to: time("of the last of them").nullable(),
      start: open("the last row that retention deleted").nullable(),
      erased: count("rows from which a reason that named somebody was erased"),
      end: chainPoint("the last row, for `--expect`").nullable(),
      unchecked: chainPoint("an expected end that retention has deleted").nullable(),
      broken: open("`kind` (missing, altered, cut-off, rewritten) and `sequence`").nullable(),
    }),
  },
  {
    command: "audit export",
    as: "lines",
    about: "Rows as they are kept, oldest first; JSON lines without `--json`, too.",
    schema: z.strictObject({
      sequence: count("place in the chain, from 1"),
      at: time("when"),
      actor: text("who: `cli`, `token:ID`, `daemon` …"),
      action: text("what, as `user.deleted`"),
      subject: text("id of what it happened to").nullable(),
      detail: open("what belongs to the action"),
      hash: text("SHA-256 of the row and of the one before, hexadecimal"),
      hashing: count("2: `hash` covers the SHA-256 of the detail; 1, by older versions: the detail itself"),
      erased: text("only there where the detail was erased: its SHA-256").optional(),
    }),
  },
  {
    command: "import FILE",
    as: "document",
    about: "What was, or would be, staged.",
    schema: z.strictObject({
      format: format("import"),
      directory: text("id"),
      isStaged: flag("false: a dry run, or rows are wrong"),
      rows: z.array(
        z.strictObject({
          row: fault.shape.row,
          action: z.enum(["create", "update", "leave", "return", "unchanged"]).describe("what becomes of the person"),
          userName: text("of the row"),
          attributes: z.array(z.string()).describe("names of those that change"),
          joins: z.array(z.string()).describe("groups"),
          quits: z.array(z.string()).describe("groups"),
        }),
      ),
      faults: z.array(fault),
      unnamed: count("people of the directory who are not in the file"),
      report: z
        .strictObject({ staged: count("rows"), unchanged: count("rows"), failed: z.array(fault) })
        .nullable()
        .describe("null: nothing was staged"),
    }),
  },
  {
    command: "forget PERSON",
    as: "document",
    about: "What was erased. Where somebody said no, there is nothing but `format` and `forgotten`.",
    schema: z.union([
      z.strictObject({
        format: format("forgotten"),
        forgotten: z.literal(true).describe("false: somebody said no"),
        user: userId,
        earlier: z.array(z.string()).describe("ids of lives before a rehire"),
        at: time("when"),
        erased: counts("records that were stripped: `changes`, `proofs`, `auditRows`"),
        scrubbed: flag("false: old text may be left in free places of the database's file"),
        stillNamed: open("versions of the mapping, and people, that name them"),
      }),
      z.strictObject({ format: format("forgotten"), forgotten: z.literal(false) }),
    ]),
  },
  {
    command: "backup FILE",
    as: "document",
    about: "What the copy holds.",
    schema: z.strictObject({
      format: format("backup"),
      file: text("absolute"),
      bytes: count("its size"),
      knownUntil: time("of its newest audit row").nullable(),
      people: count("staged, without deleted ones"),
    }),
  },
  {
    command: "restore FILE",
    as: "document",
    about: "Whether a backup was put in place; only then the last two are there.",
    schema: z.strictObject({
      format: format("restore"),
      restored: flag("false: somebody said no"),
      replaced: text("where the former database is kept").nullable().optional(),
      keptTokens: flag("tokens are those of the former database").optional(),
    }),
  },
  {
    command: "doctor",
    as: "document",
    about: "Everything that was looked at.",
    schema: z.strictObject({
      format: format("diagnosis"),
      verdict: z.enum(["good", "warning", "bad"]).describe("the worst"),
      findings: z.array(
        z.strictObject({
          area: text("configuration, store, clock, tokens, product, mapping"),
          subject: text("in a few words"),
          verdict: z.enum(["good", "warning", "bad"]).describe("of this one"),
          detail: text("in a sentence"),
          remedy: text("what to do").nullable(),
        }),
      ),
      product: open("`name` and `abilities`").nullable(),
    }),
  },
  {
    command: "alerts test",
    as: "list",
    about: "What each webhook answered.",
    schema: z.array(open("`webhook`, without what is secret in it, and whether it took the notice")),
  },
  {
    command: "recipe test FILE",
    as: "lines",
    about: "One operation a line, as it was tried.",
    schema: z.strictObject({
      subject: text("name of the operation"),
      verdict: z.enum(["good", "warning", "bad"]).describe("of it"),
      detail: text("in a sentence"),
      remedy: text("what to do").optional(),
      reason: text("auth, unavailable, rejected …").optional(),
    }),
  },
];
