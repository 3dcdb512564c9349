import type { Instant } from "../../domain/brand.ts";
import { isJsonObject } from "../../domain/json.ts";
import type { Held } from "../../domain/plan.ts";
import { msBetween } from "../../domain/instant.ts";
import type { Explanation, Mapped, Planned } from "../../engine/explain/explanation.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import type { ProofRecord } from "../../ports/records.ts";
import type { Failure } from "../../ports/wakes.ts";
import { LIFTED_BY_RELEASE } from "../../planning/hold-words.ts";
import { changeSentence, changeSentences } from "../../planning/rendering/change-sentence.ts";
import { counted, instantWords } from "../../planning/rendering/change-words.ts";
import { ago, durationWords } from "../ago.ts";
import { heldBeforeLines, heldLines } from "./held-lines.ts";
import { outcomeWords } from "./outcome-words.ts";
import { HELD, listed, REMOVED, type Line } from "./step.ts";

/** The fifth step: what would be done now, what stands in the way, what was answered last. */
export function plannedLines({ person, mapped, planned, explainedAt: now }: Explanation): readonly Line[] {
  const { now: plan, heldBefore, waiting, failing, released, lastAnswer, proof } = planned;
  return [
    ...(plan === null
      ? [{ label: "plan", value: "none: the product could not be asked", ...REMOVED }]
      : planLines(planned, plan, mapped, now)),
    ...heldLines(plan?.held ?? [], { user: person.id, mode: planned.mode, now }),
    ...heldBeforeLines(heldBefore, person.id),
    ...(waiting === null
      ? []
      : [{ label: "waiting", value: `place ${waiting.place} of ${waiting.of}`, why: waiting.reason, ...HELD }]),
    ...(released ? [{ label: "released", value: releasedWords(plan?.held ?? []) }] : []),
    ...(failing === null
      ? []
      : [
          {
            label: "failing",
            value: failing.message,
            why: `${counted(failing.attempts, "attempt")}, ${nextWords(failing, now)}`,
            ...REMOVED,
          },
        ]),
    answerLine(lastAnswer, now),
    ...(proof === null ? [] : proofLines(proof, mapped.leaver !== null, now)),
  ];
}

function releasedWords(held: readonly Held[]): string {
  const standing = held.filter(({ hold }) => hold !== "waits-for-held" && !LIFTED_BY_RELEASE.has(hold));
  return standing.length === 0 ? "passes every limit" : "passes every limit; what is held here is not held by one";
}

function nextWords({ nextAt }: Failure, now: Instant): string {
  return nextAt > now ? `next in ${durationWords(msBetween(now, nextAt))}` : "next now";
}

function planLines(
  { heldBefore }: Planned,
  { changes, confirms, notes, held }: NonNullable<Planned["now"]>,
  mapped: Mapped,
  now: Instant,
): readonly Line[] {
  const nothing = held.length > 0 ? "nothing may be done now" : "nothing to do";
  const doing = confirms ? ["read back and prove that the account is shut"] : [nothing];
  const words = changes.length === 0 ? doing : changeSentences(changes, now);
  const alone = heldBefore.length === 0 ? {} : { why: "for this person alone" };
  const said = new Set([...mapped.problems, ...mapped.unmapped.map((value) => `No rule names ${value}.`)]);
  return [
    ...listed(
      "plan",
      words.map((value, index) => ({ value, ...(index === 0 ? alone : {}) })),
    ),
    ...listed(
      "note",
      notes.filter((note) => !said.has(note)),
    ),
  ];
}

function answerLine(entry: JournalEntry | null, now: Instant): Line {
  if (entry === null) return { label: "answered", value: "nothing yet: no change was ever sent" };
  const at = entry.settledAt ?? entry.intendedAt;
  const tone = entry.state === "failed" || entry.state === "unknown" ? REMOVED : {};
  const value = `${changeSentence(entry.change, now)}: ${outcomeWords(entry)}`;
  return { label: "answered", value, why: `${instantWords(at, now)}, ${ago(at, now)}`, ...tone };
}

function proofLines({ at, document }: ProofRecord, isLeaver: boolean, now: Instant): readonly Line[] {
  const latency = document["latencyMs"];
  const said = document["said"];
  const isOutOfScope = isJsonObject(said) && said["what"] === "out of scope";
  const since = isOutOfScope ? "they were out of scope" : "the IdP said so";
  const took = typeof latency === "number" ? `, ${(latency / 1000).toFixed(1)} s after ${since}` : "";
  return [
    {
      label: "proof",
      value: `${isLeaver ? "" : "of when they left: "}shut out, read back${took}`,
      why: instantWords(at, now),
      tone: "create",
    },
  ];
}
