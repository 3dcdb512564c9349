/** What a page of the documentation shows: blocks of code, and links. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";

/** A fenced block, without the indentation of the list that it stands in. */
export interface Block {
  /** The word after the fence: `json`, `http`, `console`, `sh`, …; empty when there is none. */
  readonly language: string;
  /** What follows that word, such as `example` in "json example"; empty when there is nothing. */
  readonly use: string;
  readonly text: string;
  /** Line of the page, for messages. */
  readonly line: number;
}

/** A request and its answer, as an `http` block shows them: an empty line stands between the two. */
export interface Exchange {
  readonly method: string;
  /** As it is shown: with spaces and quotes, and `{…}` for what only a running server knows. */
  readonly target: string;
  /** By name in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** Text of the body; empty when there is none. */
  readonly body: string;
  readonly status: number;
  /** Null when the answer has no body; a text when it is no JSON. */
  readonly answer: JsonValue;
}

/** A command and the lines of its output that a `console` block shows. */
export interface Session {
  /** The command line without its prompt. */
  readonly command: string;
  /** Lines of its output that are not empty. */
  readonly lines: readonly string[];
}

/** A page of `docs/`. */
export interface Page {
  /** Path of the file. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** A fenced block: its indentation, its language, the rest of its first line, and what is in it. */
export const FENCE = /^( *)```([\w+-]*) *([^\n`]*)\n([\s\S]*?)\n\1```$/gm;

/** Reads a page. */
export function readPage(path: string): Page {
  const text = readFileSync(path, "utf8");
  const blocks = [...text.matchAll(FENCE)].map((found): Block => {
    const [, indent = "", language = "", use = "", inside = ""] = found;
    const line = text.slice(0, found.index).split("\n").length;
    return { language, use, text: inside.replaceAll(new RegExp(`^${indent}`, "gm"), ""), line };
  });
  return { path, text, blocks };
}

/**
 * Settings that a `json` or `jsonc` block shows: a part of a configuration. The latter may have lines that are comments, and
 * may leave the outer braces out.
 */
export function settingsOf({ language, text }: Block): JsonObject {
  const bare = language === "jsonc" ? text.replaceAll(/(?:^|\s)\/\/.*$/gm, "").trim() : text;
  return JSON.parse(bare.startsWith('"') ? `{${bare}}` : bare) as JsonObject;
}

/** Code within the sentences of a page, in order. */
export function codeIn({ text }: Page): readonly string[] {
  return [...text.replaceAll(FENCE, "").matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code.replaceAll("\\|", "|"));
}

/** Reads an `http` block. Throws when it has no answer. */
export function exchangeOf({ text, line }: Block): Exchange {
  const [request = "", ...answer] = text.split("\n\n");
  const [statusLine = "", ...answerLines] = answer.join("\n\n").split("\n");
  const status = /^(\d{3})(?: [\w ]+)?$/.exec(statusLine)?.[1];
  if (status === undefined) throw new Error(`Line ${line}: the block shows no answer.`);
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
    answer: answerOf(answerLines.join("\n")),
  };
}

function answerOf(text: string): JsonValue {
  if (text === "") return null;
  return /^[[{]/.test(text) ? (JSON.parse(text) as JsonValue) : text;
}

/** Reads a `console` block: `$ command`, then lines of its output; the same again. Throws when it begins otherwise. */
export function sessionsOf({ text, line }: Block): readonly Session[] {
  if (!text.startsWith("$ ")) throw new Error(`Line ${line}: the block does not begin with "$ ".`);
  return text
    .replaceAll(/\\\n\s*/g, "")
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = "", ...lines] = part.split("\n");
      return { command, lines: lines.filter((one) => one.trim() !== "") };
    });
}

/** Words of a command line, as a shell would split them. */
export function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    ([, quoted, single, bare]) => quoted?.replaceAll(/\\(.)/g, "$1") ?? single ?? bare ?? "",
  );
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
