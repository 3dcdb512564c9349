import { z } from "zod";
import { chainPoint, count, counts, flag, format, open, text, time, userId, waiting, type Shape } from "./parts.ts";

const summary = z
  .strictObject({
    digest: text("12 hexadecimal digits, for `apply --expect` and `approve`"),
    isPartial: z.literal(true).optional().describe("only there where the plan is for some people only"),
    directories: z.array(z.string()).describe("their ids"),
    product: text("name of the product"),
    people: count("staged people looked at, deleted ones included"),
    linked: count("of them with an account that is theirs"),
    basis: open("`mappingVersion`, `observedAt` (time), and whether the listing of accounts was complete"),
    groups: z.array(open("a change")).describe("groups that would be created"),
    tally: z
      .strictObject({
        counts: counts("changes that may pass, by kind"),
        held: counts("changes that are held, by reason"),
        guests: count("guests who would be told"),
      })
      .describe("sums"),
    breaches: z.array(open("a limit, how many changes there are, and how many it allows")).describe("limits exceeded"),
    waiting: z.array(waiting).describe("people who wait for a seat, in order"),
  })
  .describe("the plan without its people");

const person = z.strictObject({
  user: userId,
  directory: text("id"),
  version: count("of the staged user that this was planned from"),
  label: text("their e-mail"),
  cause: text("joiner, mover, leaver, rehire, drift …").nullable(),
  changes: z.array(open("`kind`, `cause`, `because` and what belongs to the kind")).describe("what would be done"),
  held: z.array(open("`change`, `hold` and `detail`")).describe("what would be done, but may not"),
  seatClaim: open("place in the queue for a seat").nullable(),
  notes: z.array(z.string()).describe("worth knowing, though it changes nothing"),
  confirms: z.literal(true).optional().describe("only there for a leaver who is still to be read back"),
  after: userId.optional().describe("only there where that person has to be renamed first"),
  ring: userId.optional().describe("only there while e-mails go round in a circle"),
  dueAt: time("when what is delayed becomes due").optional(),
  leftAt: time("when the word came by which they leave").optional(),
  remember: open("what the link is to remember").optional(),
  needsApproval: z.literal(true).optional().describe("only there where an edit of the mapping makes them a leaver"),
});

const run = z.strictObject({
  id: text("of the run"),
  lane: z.enum(["full", "urgent"]).describe("everybody, or those who were pushed"),
  trigger: text("schedule, push, start, retry, cli, admin"),
  epoch: count("of the lease"),
  startedAt: time("begin"),
  finishedAt: time("end").nullable(),
  outcome: text("done, held, partial, failed, interrupted …").nullable(),
  digest: text("of its plan").nullable(),
  report: open("counts by kind, and `durationMs` (milliseconds)"),
});

const entry = z.strictObject({
  id: text("of the entry"),
  run: text("id of the run"),
  user: userId.nullable(),
  person: text("their userName").nullable(),
  key: text("the same for the same change in every plan"),
  change: open("`kind`, `cause`, `because` and what belongs to the kind"),
  limit: text("that it counts under").nullable(),
  state: z.enum(["intent", "changed", "already-so", "failed", "unknown"]).describe("what became of it"),
  intendedAt: time("before it was sent"),
  settledAt: time("when the answer was there").nullable(),
  elapsedMs: count("on the bridge's own time line, milliseconds"),
  error: text("code and message").nullable(),
});

const held = (about: string) =>
  z
    .strictObject({
      total: count("changes"),
      groups: z.array(
        z.strictObject({
          hold: text("reason, in a word"),
          detail: text("in a sentence"),
          changes: count("of this reason"),
          people: count("whom they concern"),
          labels: z.array(z.string()).describe("e-mails of the first ten"),
        }),
      ),
    })
    .describe(about);

const status = z.strictObject({
  format: format("status"),
  health: open("`status` (ok, degraded, failing …) and `components`, each with `madeAt` and `expiresAt` (times)"),
  store: z.strictObject({ driver: text("of the database"), version: text("its version"), location: text("its file") }),
  mappingVersion: count("in force").nullable(),
  staged: z.array(
    z.strictObject({
      directory: text("id"),
      active: count("people"),
      inactive: count("people"),
      deleted: count("people"),
      lastPushAt: time("newest push").nullable(),
    }),
  ),
  linked: count("people with an account that is theirs"),
  wakes: count("people who wait to be looked at"),
  held: held("what waits for somebody's word"),
  delayed: held("what waits for its time"),
  waiting: z.array(waiting).describe("people who wait for a seat, in order"),
  failing: z.array(
    z.strictObject({
      user: userId,
      label: text("their e-mail"),
      attempts: count("so far"),
      nextAt: time("of the next one"),
      code: text("of the fault"),
      message: text("in a sentence"),
    }),
  ),
  alerts: z.array(open("`key`, `title`, `since` and `raisedAt` (times)")).describe("raised and not over"),
  runs: z.array(run).describe("the last ten, newest first"),
});

/** Plans, runs, and what became of people. */
export const RUN_SHAPES: readonly Shape[] = [
  {
    command: "plan",
    as: "document",
    about: "The dry-run diff. Also what `plan --format json --out FILE` writes. One person a line.",
    schema: z.strictObject({ format: format("plan"), summary, people: z.array(person) }),
  },
  {
    command: "apply",
    as: "document",
    about: "What the run did. Where somebody said no, there is nothing but `format` and `outcome`.",
    schema: z.union([
      z.strictObject({
        format: format("run-report"),
        id: text("of the run"),
        outcome: text("done, held, partial, interrupted …"),
        digest: text("of the plan"),
        summary,
        changed: counts("changes that the product carried out, by kind"),
        alreadySo: count("changes that were so already"),
        failedChanges: count("changes that failed"),
        failed: z.array(z.strictObject({ user: userId, reason: text("in a sentence") })),
        superseded: count("people who were changed meanwhile, and are looked at again"),
        durationMs: count("milliseconds"),
      }),
      z.strictObject({ format: format("run-report"), outcome: z.literal("declined") }),
    ]),
  },
  {
    command: "explain PERSON",
    as: "document",
    about: "Why one person has what they have.",
    schema: z.strictObject({
      format: format("explanation"),
      explainedAt: time("when it was made"),
      person: z.strictObject({
        id: userId,
        directory: text("id"),
        userName: text("as pushed"),
        displayName: text("as pushed").nullable(),
        erasedAt: time("when their data were erased").nullable(),
      }),
      verdict: open("`state` (in-step, pending, held, waiting, conflict, failing, left, unknown) and `sentence`"),
      pushed: open("the newest push: `at` (time), `actor`, `action`, `attributes`").nullable(),
      staged: open("what is staged, with `version` and `groups`"),
      mapped: open("what the mapping makes of it, rule by rule"),
      matched: open("the link, or the accounts that may be theirs"),
      planned: open("what would be done now, what is held, what failed"),
      timeline: z.array(open("what happened, each with its time")).describe("oldest first"),
    }),
  },
  {
    command: "proof PERSON",
    as: "document",
    about: "Proofs of offboarding.",
    schema: z.strictObject({
      format: format("proofs"),
      proofs: z
        .array(
          z.strictObject({
            user: userId,
            at: time("when it was proved"),
            document: open("what was said, each step, bookings, what was read back, `latencyMs` (milliseconds)"),
            heirs: z.record(z.string(), z.string()).describe("e-mails of those who took bookings over, by account"),
            audit: chainPoint("its row in the audit log")
              .extend({ matches: flag("it is the proof of that row") })
              .nullable(),
          }),
        )
        .describe("newest first"),
      lost: z.array(chainPoint("")).describe("rows of the audit log whose proofs are gone"),
    }),
  },
  { command: "status", as: "document", about: "Health, and what needs somebody.", schema: status },
  { command: "runs", as: "list", about: "The last runs, newest first.", schema: z.array(run) },
  {
    command: "runs ID",
    as: "document",
    about: "One run with every change that it made or tried, oldest first, one a line.",
    schema: z.strictObject({ format: format("run"), run, entries: z.array(entry) }),
  },
];
