import { safeJson } from "../planning/rendering/safe-text.ts";

/** Documents that `--json` prints, by the name in their `format`; docs/cli-json.md describes each. */
export type DocumentName =
  | "plan"
  | "run-report"
  | "explanation"
  | "proofs"
  | "status"
  | "run"
  | "audit-check"
  | "mapping"
  | "mapping-saved"
  | "token"
  | "import"
  | "backup"
  | "restore"
  | "forgotten"
  | "diagnosis";

const VERSION = 1;

/** `rosterbridge.plan/1`: the name of a document and the version of its shape, which only grows when a field goes or changes. */
export function formatOf(name: DocumentName): string {
  return `rosterbridge.${name}/${VERSION}`;
}

/** A document as it is printed: its format first, indented, with nothing in it that a terminal would act on. */
export function documentText(name: DocumentName, body: object): string {
  return safeJson({ format: formatOf(name), ...body }, 2);
}

/** A list as it is printed; it has no room for a format, and is of version 1 as the page has it. */
export function listText(items: readonly object[]): string {
  return safeJson(items, 2);
}

/** The same document when it comes line by line: the first begins with its brace. */
export async function* documentLines(name: DocumentName, lines: AsyncIterable<string>): AsyncGenerator<string> {
  let isFirst = true;
  for await (const line of lines) {
    yield isFirst ? line.replace(/^\{/, `{"format":${JSON.stringify(formatOf(name))},`) : line;
    isFirst = false;
  }
}
