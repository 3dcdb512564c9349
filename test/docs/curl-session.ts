/** `console` blocks that ask with `curl`: each request is sent, and what a page shows of its answer is held against it. */
import { until } from "../support/until.ts";
import { askCurl } from "./curl.ts";
import { sessionsOf, wordsOf, type Block, type Session } from "./page.ts";
import { digestOf, notPrinted, type Stage } from "./stage.ts";

/** Whether a block is one of these. */
export function asksByCurl({ language, text }: Block): boolean {
  return language === "console" && text.startsWith("$ curl ");
}

/** Plays such a block. */
export async function playCurl(stage: Stage, block: Block): Promise<void> {
  let answered = "";
  for (const { command, lines } of sessionsOf(block)) {
    const filled = await filledVariables(stage, command, answered);
    answered = await converse(stage, { command: filled, lines }, block.line);
  }
}

/**
 * The variables of the shell that a reader sets: the digest of the plan of now, that of the plan for Ana which was answered
 * last, the tag of the mapping.
 */
async function filledVariables(stage: Stage, command: string, answered: string): Promise<string> {
  let filled = command;
  if (filled.includes("$DIGEST")) filled = filled.replaceAll("$DIGEST", await digestOf(stage));
  if (filled.includes("$ANA"))
    filled = filled.replaceAll("$ANA", /"digest":"([0-9a-f]{12})"/.exec(answered)?.[1] ?? "");
  if (!filled.includes("$TAG")) return filled;
  const mapping = await stage.daemon?.bridge.services.mappingEdits.show();
  return filled.replaceAll("$TAG", mapping?.tag ?? "none");
}

/** Asks until the answer is the one that is shown; once, where the request changes something. Gives the answer. */
async function converse(stage: Stage, { command, lines }: Session, line: number): Promise<string> {
  const { t } = stage;
  const args = wordsOf(command).slice(1);
  const isLook = !args.some((word) => /^(?:-X|-d|--data|--json)$/.test(word));
  const look = async (): Promise<{ readonly text: string; readonly missing: string | undefined }> => {
    const answer = await askCurl(stage, args);
    if ("fault" in answer) return { text: answer.fault, missing: answer.fault };
    return { text: answer.text, missing: notPrinted(lines, { out: answer.text, errors: "" }) };
  };
  let last = await look();
  if (isLook && last.missing !== undefined) {
    const seen = async (): Promise<boolean> => (last = await look()).missing === undefined;
    await until(`"${last.missing}"`, seen, () => `Line ${line} of the page. There was:\n${last.text.slice(0, 2_000)}`);
  }
  t.is(last.missing, undefined, `line ${line}: ${last.text.slice(0, 2_000)}`);
  return last.text;
}
