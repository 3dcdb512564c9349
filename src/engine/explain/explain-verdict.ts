import type { Instant } from "../../domain/brand.ts";
import type { Hold } from "../../domain/plan.ts";
import { isLeftNote } from "../../planning/drift.ts";
import { isFixedNote } from "../../planning/open-fields.ts";
import { isPendingNote } from "../../planning/pending.ts";
import { splitWayOut } from "../../planning/hold-words.ts";
import { instantWords } from "../../planning/rendering/change-words.ts";
import type { Matched, Planned, Verdict } from "./explanation.ts";

/** What a verdict is drawn from. */
export interface Findings {
  /** Whether the directory is still one of the configuration's. */
  readonly isConfigured: boolean;
  readonly isLeaver: boolean;
  readonly matched: Matched;
  readonly planned: Planned;
  readonly now: Instant;
}

/** The state of one person in a word and a sentence: what stands in the way comes before what is merely to be done. */
export function judge(findings: Findings): Verdict {
  return (
    notConfigured(findings) ??
    failing(findings) ??
    unknown(findings) ??
    conflicting(findings) ??
    waiting(findings) ??
    held(findings) ??
    pending(findings) ??
    settled(findings)
  );
}

type Rule = (findings: Findings) => Verdict | null;

const notConfigured: Rule = ({ isConfigured }) =>
  isConfigured
    ? null
    : verdict("held", "Their directory is not in the configuration any more: nothing is done for its people.");

const failing: Rule = ({ now, planned: { failing } }) =>
  failing === null
    ? null
    : verdict(
        "failing",
        `Failed ${times(failing.attempts)}, at last with: ${sentence(failing.message)} ${nextWords(failing.nextAt, now)}`,
      );

const unknown: Rule = ({ matched: { unanswered } }) =>
  unanswered === null
    ? null
    : verdict(
        "unknown",
        `The product cannot be asked now: ${sentence(unanswered.message)} What is on record is below.`,
      );

const conflicting: Rule = ({ matched, planned }) => {
  const why = matched.kind === "conflict" ? matched.reason : detailOf(planned, (hold) => hold === "identity-conflict");
  if (why === null) return null;
  const what = matched.kind === "linked" ? "Their new e-mail is held" : "It is not certain which account is theirs";
  return verdict("conflict", `${what}: ${sentence(why)}`);
};

const waiting: Rule = ({ planned }) => {
  const { waiting: place } = planned;
  const unserved = planned.now?.held.find(({ hold }) => hold === "no-free-seat");
  if (place === null) return unserved === undefined ? null : verdict("waiting", unserved.detail);
  const { seat, place: rank, of, reason } = place;
  const isFree = planned.now !== null && unserved === undefined;
  const why = isFree ? "one is free now, and goes to the first in the queue" : reason;
  return verdict("waiting", `Place ${rank} of ${of} in the queue for a ${seat} seat: ${sentence(why)}`);
};

const held: Rule = ({ planned }) => {
  const delayed = detailOf(planned, (hold) => hold !== "waits-for-held" && hold !== "delayed") === null;
  const why = detailOf(planned, (hold) => hold !== "waits-for-held") ?? detailOf(planned, () => true);
  if (why === null) return null;
  // The command that ends the wait stands with the plan, to be copied.
  return verdict("held", sentence(delayed ? splitWayOut(why).reason : why));
};

const pending: Rule = ({ planned: { now } }) => {
  const count = now?.changes.length ?? 0;
  if (count > 0)
    return verdict("pending", `${count === 1 ? "1 change is" : `${count} changes are`} left to the next run.`);
  return now?.confirms === true ? verdict("pending", "Shut out; the next run reads it back and proves it.") : null;
};

const settled = ({ now, isLeaver, matched, planned }: Findings): Verdict => {
  const { proof } = planned;
  if (!isLeaver) return verdict("in-step", inStepWords(planned));
  if (proof !== null) return verdict("left", `Shut out, read back and proved on ${instantWords(proof.at, now)}.`);
  if (matched.kind === "none") return verdict("left", withoutAccount(matched));
  return verdict("left", "Has left; nothing is left to be done.");
};

/** What was never linked is never shut: whoever held it leaves it open, and somebody should know. */
function withoutAccount({ candidates }: Matched): string {
  const open = candidates.filter(({ linkedTo, status }) => linkedTo === null && status !== "deactivated");
  const [first] = open.toSorted((one, other) => Number(one.role === "member") - Number(other.role === "member"));
  if (first === undefined) return "Has left, and there is no account of theirs that we know of.";
  const whose = first.role === "member" ? "" : `it is an ${first.role}'s and `;
  return `Has left. Account ${first.id} has their e-mail, but ${whose}was never linked to them: nothing was shut.`;
}

function inStepWords({ now }: Planned): string {
  const notes = now?.notes ?? [];
  const left = notes.filter(isLeftNote).length;
  const fixed = notes.filter(isFixedNote).length;
  const but = [
    ...(left === 0
      ? []
      : [`${some(left, "edit")} in the product that the configuration leaves as ${left === 1 ? "it is" : "they are"}`]),
    ...(fixed === 0 ? [] : [`${some(fixed, "field")} that the product does not let us change`]),
  ].join(", and ");
  const inStep = `The product has what the directory and the mapping say${but === "" ? "" : `, but for ${but}`}.`;
  return [inStep, ...notes.filter(isPendingNote)].join(" ");
}

function some(count: number, noun: string): string {
  return count === 1 ? `one ${noun}` : `${count} ${noun}s`;
}

function verdict(state: Verdict["state"], text: string): Verdict {
  return { state, sentence: text };
}

/** The first reason for which something is held now, else in the last run. */
function detailOf({ now, heldBefore }: Planned, applies: (hold: Hold) => boolean): string | null {
  return [...(now?.held ?? []), ...heldBefore].find(({ hold }) => applies(hold))?.detail ?? null;
}

/** A pause lasts minutes at most: the time of day says enough. */
function nextWords(nextAt: Instant, now: Instant): string {
  return nextAt <= now ? "The next run tries again." : `The next attempt is due at ${nextAt.slice(11, 19)} UTC.`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function times(attempts: number): string {
  return attempts === 1 ? "once" : `${attempts} times`;
}
