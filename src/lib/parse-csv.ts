import { CsvError, parse } from "csv-parse/sync";

/** One record of a CSV file, and the line on which it begins, counted from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** The record in which a text stops being CSV, by the line on which it begins, and why. */
export interface CsvFault {
  readonly line: number;
  readonly message: string;
}

/** What separates cells: RFC 4180 says commas; spreadsheets in half of Europe write semicolons, some programs tabs. */
export type Separator = "," | ";" | "\t";

const FAULTS: Readonly<Record<string, string>> = {
  INVALID_OPENING_QUOTE: "there is a quote in a cell that does not begin with one",
  CSV_INVALID_CLOSING_QUOTE: "there is text behind a closing quote",
  CSV_QUOTE_NOT_CLOSED: "a cell begins with a quote that is never closed",
};

/**
 * Reads CSV (RFC 4180): quoted cells with doubled quotes, separators and line ends in them; CR LF, LF or CR between
 * records. Lines without any text are left out. Strict: a quote within a cell that is not quoted, text behind a closing
 * quote, and a quote that is never closed are faults. Takes time that grows with the length alone.
 */
export function parseCsv(text: string, separator: Separator): readonly CsvRecord[] | CsvFault {
  const bytes = Buffer.from(text);
  const records: CsvRecord[] = [];
  // The library counts a CR LF within quotes as two lines, and tells of an open quote at the end of the file: lines are
  // counted here, from record to record.
  let read = 0;
  let line = 1;
  const beginning = (): number => line + lineEnds(bytes.subarray(read, firstOf(bytes, read)));
  try {
    parse(bytes, {
      delimiter: separator,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      skip_empty_lines: true,
      on_record(cells: readonly string[], { bytes: end }) {
        if (!(cells.length === 1 && cells[0]?.trim() === "")) records.push({ line: beginning(), cells });
        line += lineEnds(bytes.subarray(read, end));
        read = end;
        return null; // kept above
      },
    });
    return records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { line: beginning(), message: FAULTS[error.code] ?? "it cannot be read" };
  }
}

const CR = 0x0d;
const LF = 0x0a;

/** Where the text goes on behind empty lines. */
function firstOf(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === CR || bytes[at] === LF) at += 1;
  return at;
}

/** Line ends in a piece of the text; a CR LF is one of them. */
function lineEnds(piece: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < piece.length; at++) {
    if (piece[at] === LF || (piece[at] === CR && piece[at + 1] !== LF)) count += 1;
  }
  return count;
}
