import { z } from "zod";
import { anyObject, counts, digest, instant, opaqueId, pageOf, shape } from "./basics.ts";
import { change, PLAN_SUMMARY } from "./plan.ts";

const outcome = z.enum(["done", "held", "partial", "failed", "interrupted"]);

/** A run that may write, under way or ended. */
export const RUN = shape(
  "Run",
  z.object({
    id: opaqueId,
    lane: z.enum(["full", "urgent"]),
    trigger: z.enum(["schedule", "push", "start", "retry", "cli", "admin"]),
    epoch: z.int().describe("Counts who had the right to write; grows."),
    startedAt: instant,
    finishedAt: instant.nullable(),
    outcome: outcome.nullable().describe("Null while it goes on."),
    digest: digest.nullable(),
    report: anyObject.describe(
      "Counts by kind of change and outcome, held changes by reason, the message of a failure.",
    ),
  }),
);

/** What the journal says of one change. */
export const JOURNAL_ENTRY = shape(
  "JournalEntry",
  z.object({
    id: opaqueId,
    run: opaqueId,
    user: opaqueId.nullable(),
    person: z.string().nullable().describe("Their userName."),
    key: z.string(),
    change,
    limit: z.string().nullable().describe("The limit it counts under; null: none, or it was approved or released."),
    state: z.enum(["intent", "changed", "already-so", "failed", "unknown"]),
    intendedAt: instant,
    settledAt: instant.nullable(),
    error: z.string().nullable(),
  }),
);

/** A page of runs. */
export const RUNS = shape("Runs", pageOf(RUN.schema));

/** One run with a page of its changes. */
export const RUN_WITH_CHANGES = shape(
  "RunWithChanges",
  RUN.schema.extend({ changes: pageOf(JOURNAL_ENTRY.schema).describe("Oldest first.") }),
);

/** What a run did, when it has ended. */
export const RUN_REPORT = shape(
  "RunReport",
  z.object({
    id: opaqueId,
    outcome,
    digest,
    summary: PLAN_SUMMARY.schema,
    changed: counts.describe("Changes that the product carried out, by kind."),
    alreadySo: z.int(),
    failedChanges: z.int(),
    failed: z.array(z.object({ user: opaqueId, reason: z.string() })),
    superseded: z.int().describe("People whom the directory changed meanwhile: the next run takes them."),
    durationMs: z.int(),
  }),
);

/** What came of asking for a run. */
export const RUN_ANSWER = shape(
  "RunAnswer",
  z.object({
    state: z.enum(["finished", "running", "nothing-to-do"]),
    run: opaqueId.nullable().describe("Look at it under `GET /admin/v1/runs/{id}`."),
    report: RUN_REPORT.schema.nullable().describe("Set when it is finished."),
  }),
);
