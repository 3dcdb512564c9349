import { z } from "zod";
import { DEFAULT_RETENTION, type RetentionPolicy } from "../domain/retention.ts";
import { DURATION_PATTERN, formatDuration, parseDuration } from "../lib/duration.ts";

const FOREVER = "forever";
const DAY_MS = 24 * 60 * 60 * 1000;
const LONGEST_MS = 36_500 * DAY_MS;

/** Limits look back 24 h, and alerts, back-off and grace less than this: nothing younger is ever deleted. */
const SHORTEST_MS = 7 * DAY_MS;
const SHORTEST_EVIDENCE_MS = 30 * DAY_MS;

function keptField(shortestMs: number, presetMs: number | null, description: string) {
  const range = `must be "${FOREVER}", or from ${formatDuration(shortestMs)} to ${formatDuration(LONGEST_MS)}, such as "400d"`;
  return z
    .string()
    .refine((text) => {
      if (text === FOREVER) return true;
      const ms = DURATION_PATTERN.test(text) ? parseDuration(text) : null;
      return ms !== null && ms >= shortestMs && ms <= LONGEST_MS;
    }, range)
    .default(presetMs === null ? FOREVER : formatDuration(presetMs))
    .describe(description);
}

/** How long records are kept, and when those that are over their time are deleted. */
export function retentionField(isCron: (text: string) => boolean) {
  const { journalMs, runsMs, leaversMs, proofsMs, auditMs } = DEFAULT_RETENTION;
  return z
    .strictObject({
      journal: keptField(SHORTEST_MS, journalMs, "Changes sent to the product; those that a return needs stay longer."),
      runs: keptField(SHORTEST_MS, runsMs, "Runs, approvals and releases that are over."),
      leavers: keptField(
        SHORTEST_EVIDENCE_MS,
        leaversMs,
        "People whom the directory deleted, their account shut and proved: their personal data are erased then, as by `forget`, and a return is somebody new.",
      ),
      proofs: keptField(SHORTEST_EVIDENCE_MS, proofsMs, "Proofs of offboarding."),
      audit: keptField(SHORTEST_EVIDENCE_MS, auditMs, "The audit log, which is cut at its beginning only."),
      at: z
        .string()
        .refine(isCron, 'must be a cron expression such as "17 3 * * *"')
        .default("17 3 * * *")
        .describe("When it is deleted, as a cron expression in the time zone of `schedule`."),
    })
    .superRefine(({ proofs, audit }, context) => {
      if (kept(audit) >= kept(proofs)) return;
      const message = "must be at least as long as retention.proofs: a proof is worth what the audit log says of it";
      context.addIssue({ code: "custom", path: ["audit"], message });
    })
    .prefault({});
}

function kept(text: string): number {
  return toMs(text) ?? Infinity;
}

function toMs(text: string): number | null {
  return text === FOREVER ? null : parseDuration(text);
}

/** The policy that the settings come to. */
export function toRetention(settings: z.output<ReturnType<typeof retentionField>>): RetentionPolicy {
  const { journal, runs, leavers, proofs, audit } = settings;
  return {
    journalMs: toMs(journal),
    runsMs: toMs(runs),
    leaversMs: toMs(leavers),
    proofsMs: toMs(proofs),
    auditMs: toMs(audit),
  };
}
