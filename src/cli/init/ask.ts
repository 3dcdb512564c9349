import { UsageError } from "../../domain/errors.ts";
import { nearest } from "../../lib/nearest.ts";
import { safeText } from "../../planning/rendering/safe-text.ts";
import type { Terminal } from "../terminal.ts";

/** Something that `init` has to know. */
export interface Question {
  /** The flag that answers it beforehand. */
  readonly flag: string;
  readonly text: string;
  /** What holds where nobody answers; without it there has to be an answer. */
  readonly preset?: string;
  /** What is wrong with an answer, to go on after "It …": "must be a domain"; null: nothing. */
  readonly fault?: (answer: string) => string | null;
  /** The only answers that there are. */
  readonly choices?: readonly string[];
}

/** The answer: as given by a flag, else typed, else the preset. Throws UsageError that names the flag. */
export type Ask = (question: Question, given?: string) => Promise<string>;

/** Asks on a terminal, again until an answer will do; elsewhere flags and presets are all that there is. */
export function createAsk(terminal: Terminal): Ask {
  return async (question, given) => {
    const { flag, preset } = question;
    if (given !== undefined) {
      const fault = faultOf(question, given);
      if (fault === null) return given;
      throw new UsageError(ended(`${flag}: ${fault}`));
    }
    if (terminal.canAsk) return typed(terminal, question);
    if (preset !== undefined) return preset;
    throw new UsageError(`${flag} is missing, and nobody can be asked here. ${wordsOf(question)}`);
  };
}

async function typed(terminal: Terminal, question: Question): Promise<string> {
  const { preset } = question;
  const words = `${wordsOf(question)}${preset === undefined ? "" : ` [${preset}]`}`;
  for (;;) {
    const answer = await terminal.ask(safeText(words));
    if (answer === null) throw new UsageError("The questions were broken off: nothing was written.");
    const meant = answer === "" && preset !== undefined ? preset : answer;
    const fault = faultOf(question, meant);
    if (fault === null) return meant;
    terminal.warn(ended(`  It ${safeText(fault)}`));
  }
}

function ended(sentence: string): string {
  return sentence.endsWith("?") ? sentence : `${sentence}.`;
}

function wordsOf({ text, choices }: Question): string {
  return choices === undefined ? text : `${text} (${choices.join(", ")})`;
}

function faultOf({ fault, choices }: Question, answer: string): string | null {
  if (answer.trim() === "") return "must not be empty";
  if (/\p{Cc}/u.test(answer)) return "must not hold control characters";
  if (choices !== undefined && !choices.includes(answer)) {
    const meant = nearest(answer, choices);
    return `must be one of ${choices.join(", ")}${meant === null ? "" : `; did you mean ${meant}?`}`;
  }
  return fault?.(answer) ?? null;
}
