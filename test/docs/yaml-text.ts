/** Reads the YAML of the pages: block mappings and lists, flat lists on one line, texts in quotes. Refuses anything else. */
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";

interface Line {
  readonly indent: number;
  readonly text: string;
}

/** A document as JSON; every scalar but true, false and numbers is a text. Throws for what is none of the above. */
export function parseYaml(text: string): JsonObject {
  const lines = text
    .split("\n")
    .map((line) => line.replace(/(?:^|\s)#.*$/, "").trimEnd())
    .filter((line) => line !== "")
    .map((line): Line => ({ indent: line.length - line.trimStart().length, text: line.trim() }));
  const value = block(lines);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("This is no mapping.");
  return value as JsonObject;
}

/** Lines of one depth and what is below them. */
function block(lines: readonly Line[]): JsonValue {
  const [first] = lines;
  if (first === undefined) return null;
  const starts = lines.flatMap(({ indent }, at) => (indent === first.indent ? [at] : []));
  const parts = starts.map((start, at) => lines.slice(start, starts[at + 1] ?? lines.length));
  return first.text.startsWith("- ") ? parts.map(item) : Object.fromEntries(parts.map(entry));
}

function item([head, ...below]: readonly Line[]): JsonValue {
  if (head === undefined) return null;
  const text = head.text.slice(2);
  // "- name: …" begins a mapping two columns further in.
  if (/^[\w./-]+:(?: |$)/.test(text)) return block([{ indent: head.indent + 2, text }, ...below]);
  if (below.length > 0) throw new Error(`Nothing can be below "${head.text}".`);
  return scalar(text);
}

function entry([head, ...below]: readonly Line[]): readonly [string, JsonValue] {
  const found = /^([\w./-]+):(?: (.*))?$/.exec(head?.text ?? "");
  if (found === null) throw new Error(`"${head?.text ?? ""}" is no key with a value.`);
  const [, key = "", value] = found;
  if (value === "|" || value === ">") return [key, below.map(({ text }) => text).join(value === "|" ? "\n" : " ")];
  if (value !== undefined && below.length > 0) throw new Error(`Nothing can be below "${head?.text ?? ""}".`);
  return [key, value === undefined ? block(below) : scalar(value)];
}

function scalar(text: string): JsonValue {
  if (text.startsWith("[")) {
    if (!text.endsWith("]")) throw new Error(`The list ${text} does not end on its line.`);
    const inside = text.slice(1, -1).trim();
    return inside === "" ? [] : inside.split(/, */).map(scalar);
  }
  if (text.startsWith("{")) throw new Error(`Write ${text} as a block.`);
  if (text.startsWith('"')) return JSON.parse(text) as JsonValue;
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}
