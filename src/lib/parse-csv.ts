/** One record of a CSV file, and the line on which it begins, counted from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Where a text stops being CSV, and why. */
export interface CsvFault {
  readonly line: number;
  readonly message: string;
}

/** What separates cells: RFC 4180 says commas; spreadsheets in half of Europe write semicolons, some programs tabs. */
export type Separator = "," | ";" | "\t";

/**
 * Reads CSV (RFC 4180): quoted cells with doubled quotes, separators and line ends in them; CR LF, LF or CR between
 * records. Lines without any text are left out. Strict: a quote within a cell that is not quoted, text behind a closing
 * quote, and a quote that is never closed are faults. Takes time that grows with the length alone.
 */
export function parseCsv(text: string, separator: Separator): readonly CsvRecord[] | CsvFault {
  const records: CsvRecord[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const record = readRecord(text, at, line, separator);
    if ("message" in record) return record;
    const { cells } = record;
    if (!(cells.length === 1 && cells[0]?.trim() === "")) records.push({ line, cells });
    line += linesIn(text.slice(at, record.at)) + 1;
    at = record.at + (text.startsWith("\r\n", record.at) ? 2 : 1);
  }
  return records;
}

/** Up to the line end behind it, or the end of the text. */
function readRecord(
  text: string,
  from: number,
  begun: number,
  separator: Separator,
): { readonly cells: readonly string[]; readonly at: number } | CsvFault {
  const cells: string[] = [];
  let at = from;
  for (;;) {
    const cell = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at, separator);
    const fault = "message" in cell ? cell.message : endFault(text, cell.at, separator);
    if (fault !== null || "message" in cell) {
      return { line: begun + linesIn(text.slice(from, cell.at)), message: fault ?? "" };
    }
    cells.push(cell.value);
    at = cell.at;
    if (text[at] !== separator) return { cells, at };
    at += 1;
  }
}

/** What follows a cell must be a separator, a line end, or nothing. */
function endFault(text: string, at: number, separator: Separator): string | null {
  const isOver = at >= text.length || text[at] === separator || text[at] === "\r" || text[at] === "\n";
  return isOver ? null : "there is text behind a closing quote";
}

interface Cell {
  readonly value: string;
  /** Where the text goes on behind it. */
  readonly at: number;
}

function plainCell(
  text: string,
  from: number,
  separator: Separator,
): Cell | (Pick<CsvFault, "message"> & { readonly at: number }) {
  let at = from;
  while (at < text.length && text[at] !== separator && text[at] !== "\r" && text[at] !== "\n") {
    if (text[at] === '"') return { message: "there is a quote in a cell that does not begin with one", at };
    at += 1;
  }
  return { value: text.slice(from, at), at };
}

function quotedCell(text: string, from: number): Cell | (Pick<CsvFault, "message"> & { readonly at: number }) {
  let end = text.indexOf('"', from + 1);
  while (end !== -1 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
  if (end === -1) return { message: "a cell begins with a quote that is never closed", at: from };
  return { value: text.slice(from + 1, end).replaceAll('""', '"'), at: end + 1 };
}

/** Line ends in a piece of the text. */
function linesIn(piece: string): number {
  return piece.includes("\n") || piece.includes("\r") ? piece.split(/\r\n|\r|\n/).length - 1 : 0;
}
