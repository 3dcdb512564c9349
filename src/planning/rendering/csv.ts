import { safeText } from "./safe-text.ts";

/** What makes a spreadsheet take a cell for a formula, or for a command. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/**
 * One row of CSV (RFC 4180), without its line end. A cell that a spreadsheet would take for a formula gets an apostrophe
 * in front; control characters become the replacement character.
 */
export function csvRow(cells: readonly string[]): string {
  return cells.map(cell).join(",");
}

function cell(text: string): string {
  const safe = `${FORMULA.test(text) ? "'" : ""}${safeText(text)}`;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
