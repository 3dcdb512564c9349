/** What a page of the documentation shows: blocks of code, and links. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";

/** A fenced block, without the indentation of the list that it stands in. */
export interface Block {
  /** The word after the fence: `json`, `http`, `console`, `sh`, … */
  readonly language: string;
  readonly text: string;
  /** Line of the page, for messages. */
  readonly line: number;
}

/** A request of SCIM and its answer, as an `http` block shows them: an empty line stands between the two. */
export interface Exchange {
  readonly method: string;
  /** As it is shown: with spaces and quotes, and `{…}` for what only a running server knows. */
  readonly target: string;
  /** By name in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** Text of the body; empty when there is none. */
  readonly body: string;
  readonly status: number;
  /** Null when the answer has no body. */
  readonly answer: JsonValue;
}

/** A command and the lines of its output that a `console` block shows. */
export interface Session {
  readonly args: readonly string[];
  readonly lines: readonly string[];
}

/** A page of `docs/`. */
export interface Page {
  /** Path of the file. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** A fenced block: its indentation, its language and what is in it. */
export const FENCE = /^( *)```(\w+)\n([\s\S]*?)\n\1```$/gm;

/** Reads a page. */
export function readPage(path: string): Page {
  const text = readFileSync(path, "utf8");
  const blocks = [...text.matchAll(FENCE)].map(({ index, 1: indent = "", 2: language = "", 3: inside = "" }) => ({
    language,
    text: inside.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    line: text.slice(0, index).split("\n").length,
  }));
  return { path, text, blocks };
}

/** Settings that a `json` block shows: a part of a configuration. */
export function settingsOf({ text }: Block): JsonObject {
  return JSON.parse(text) as JsonObject;
}

/** Reads an `http` block. Throws when it has no answer. */
export function exchangeOf({ text, line }: Block): Exchange {
  const [request = "", answer] = text.split("\n\n");
  const [status = "", ...answerLines] = (answer ?? "").split("\n");
  if (!/^\d{3}$/.test(status)) throw new Error(`Line ${line}: the block shows no answer.`);
  const [first = "", ...rest] = request.split("\n");
  const [, method = "", target = ""] = /^([A-Z]+) (.+)$/.exec(first) ?? [];
  const begin = rest.findIndex((one) => one.startsWith("{"));
  const headerLines = begin === -1 ? rest : rest.slice(0, begin);
  const headers = headerLines.map((one): [string, string] => {
    const [name = "", ...value] = one.split(": ");
    return [name.toLowerCase(), value.join(": ")];
  });
  return {
    method,
    target,
    headers: Object.fromEntries(headers),
    body: begin === -1 ? "" : rest.slice(begin).join("\n"),
    status: Number(status),
    answer: answerLines.length === 0 ? null : (JSON.parse(answerLines.join("\n")) as JsonValue),
  };
}

/** Reads a `console` block: `$ rosterbridge …`, then lines. */
export function sessionOf({ text, line }: Block): Session {
  const [first = "", ...lines] = text.split("\n");
  const [, command] = /^\$ rosterbridge (.+)$/.exec(first) ?? [];
  if (command === undefined) throw new Error(`Line ${line}: the block does not begin with "$ rosterbridge".`);
  return { args: wordsOf(command), lines: lines.filter((one) => one.trim() !== "") };
}

/** Words of a command line, as a shell would split them. */
export function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

/** A line of output without what differs each time: times, durations, ids, tokens, and the width of columns. */
export function withoutChance(line: string): string {
  return line
    .replaceAll(/\brb_\S+/g, "rb_<token>")
    .replaceAll(/\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z)?/g, "<time>")
    .replaceAll(/\b[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2} \d{2}:\d{2} UTC\b/g, "<time>")
    .replaceAll(/\b[\d.]+ (?:s|min|ms)\b/g, "<duration>")
    .replaceAll(/\b[0-9a-f]{10,12}\b/g, "<id>")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** The first shown line that the output does not have after the ones before it; undefined when it has them all. */
export function missingLine(shown: readonly string[], output: string): string | undefined {
  const left = output.split("\n").map(withoutChance);
  return shown.find((line) => {
    const at = left.indexOf(withoutChance(line));
    if (at === -1) return true;
    left.splice(0, at + 1);
    return false;
  });
}

/** Links of a page to files of this project, each with the heading that it names, if it names one. */
export function linksOf({ path, text }: Page): readonly { readonly file: string; readonly heading: string | null }[] {
  return [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(([, file = "", heading]) => ({
    file: file === "" ? path : join(dirname(path), file),
    heading: heading ?? null,
  }));
}

/** The names by which links reach the headings of a page. */
export function headingsOf(text: string): readonly string[] {
  return [...text.replaceAll(FENCE, "").matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
