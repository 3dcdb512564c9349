import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CARE_SHAPES } from "./care.ts";
import { EDIT_SHAPES } from "./edits.ts";
import type { Shape } from "./parts.ts";
import { RUN_SHAPES } from "./runs.ts";

/** The page that is made here. */
export const JSON_PAGE = join(import.meta.dirname, "..", "..", "docs", "cli-json.md");

/**
 * What `--json` prints, command by command. A test holds the real output against it. A field that is gone, or of another
 * type, is another version of its document.
 */
export const SHAPES: readonly Shape[] = [...RUN_SHAPES, ...EDIT_SHAPES, ...CARE_SHAPES];

const BEGIN = "<!-- written by build/write-cli-json.ts: begin -->";
const END = "<!-- written by build/write-cli-json.ts: end -->";

/** The page as it stands. */
export function readJsonPage(): string {
  return readFileSync(JSON_PAGE, "utf8");
}

/** The page with these sections. Throws Error where it has no place for them. */
export function withSections(page: string, sections: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${JSON_PAGE} has no marks for what is written.`);
  return `${before}${BEGIN}\n\n${sections}\n\n${END}${after}`;
}

/** A section for each way in which a command prints JSON. */
export function jsonSections(): string {
  return SHAPES.map(sectionOf).join("\n\n");
}

const KINDS = { document: "One document.", list: "A list.", lines: "One document a line." } as const;

function sectionOf({ command, as, about, schema }: Shape): string {
  const rows = [...rowsOf(z.toJSONSchema(schema, { reused: "inline" }), "")];
  const lines = rows.map(({ path, type, about: what }) => `| \`${path}\` | ${type} | ${what} |`);
  return [
    `### ${command}`,
    "",
    `${KINDS[as]} ${about}`,
    "",
    "| field | type | |",
    "| --- | --- | --- |",
    ...lines,
  ].join("\n");
}

interface Row {
  readonly path: string;
  readonly type: string;
  readonly about: string;
}

type Described = z.core.JSONSchema.BaseSchema;

function* rowsOf(schema: Described, path: string): Generator<Row, void, void> {
  const inner = plain(schema);
  if (isDescribed(inner.items)) {
    yield* rowsOf(inner.items, `${path}[]`);
    return;
  }
  const required = new Set(inner.required);
  for (const [name, property] of Object.entries(inner.properties ?? {})) {
    if (!isDescribed(property)) continue;
    const here = path === "" ? name : `${path}.${name}`;
    const type = `${typeOf(property)}${required.has(name) ? "" : ", may be absent"}`;
    yield { path: here, type, about: property.description ?? plain(property).description ?? "" };
    yield* rowsOf(property, here);
  }
}

/** Without null, and of several documents the first, which is the whole one. */
function plain(schema: Described): Described {
  const [first] = (schema.anyOf ?? []).filter(isDescribed).filter(({ type }) => type !== "null");
  return first ?? schema;
}

function typeOf(schema: Described): string {
  const inner = plain(schema);
  const isNull = (schema.anyOf ?? []).filter(isDescribed).some(({ type }) => type === "null");
  return `${wordOf(inner)}${isNull ? " or null" : ""}`;
}

function wordOf({
  type,
  format,
  items,
  enum: values,
  const: only,
  additionalProperties,
  properties,
}: Described): string {
  if (only !== undefined) return `\`${JSON.stringify(only)}\``;
  if (values !== undefined) return values.map((value) => `\`${JSON.stringify(value)}\``).join(", ");
  if (type === "array") return isDescribed(items) ? `list of ${wordOf(items)}s` : "list";
  if (type === "object" && properties === undefined && isDescribed(additionalProperties)) {
    return `object of ${wordOf(additionalProperties)}s by name`;
  }
  if (format === "date-time") return "time";
  return (
    { string: "text", integer: "whole number", boolean: "true or false", object: "object" }[String(type)] ??
    String(type)
  );
}

function isDescribed(schema: unknown): schema is Described {
  return typeof schema === "object" && schema !== null && !Array.isArray(schema);
}
