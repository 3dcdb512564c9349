import { UsageError } from "../../domain/errors.ts";
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.ts";
import { nearest } from "../../lib/nearest.ts";
import { parseCsv, type CsvRecord, type Separator } from "../../lib/parse-csv.ts";
import { COLUMNS, columnOf, readCells, type Column } from "./columns.ts";
import type { ImportFile, ImportRow, RowFault } from "./import-row.ts";

/** The most people that one file may hold. */
export const MAX_ROWS = 100_000;
/** What a resource of SCIM has that is not for the receiver to take over. */
const NOT_TAKEN: ReadonlySet<string> = new Set(["id", "meta", "groups", "password"]);

/** How a file is written. */
export type ImportFormat = "csv" | "json";

/**
 * Reads a file of people: CSV with a header, a JSON array of objects with the same names or of SCIM users, or a SCIM
 * ListResponse. Rows that are wrong are told, each with its column. Throws UsageError for a file that is wrong as a whole.
 */
export function readImport(text: string, format: ImportFormat): ImportFile {
  const plain = text.startsWith("\ufeff") ? text.slice(1) : text;
  const file = gathered(format === "csv" ? csvRows(plain) : jsonRows(plain));
  const count = file.rows.length + new Set(file.faults.map(({ row }) => row)).size;
  if (count === 0) throw new UsageError("The file holds nobody.");
  if (count > MAX_ROWS) throw new UsageError(`The file holds ${count} people, of which at most ${MAX_ROWS} are taken.`);
  return file;
}

type Read = ImportRow | readonly RowFault[];

function gathered(read: readonly Read[]): ImportFile {
  return {
    rows: read.flatMap((one) => ("row" in one ? [one] : [])),
    faults: read.flatMap((one) => ("row" in one ? [] : one)),
  };
}

function csvRows(text: string): readonly Read[] {
  const records = parseCsv(text, separatorOf(text));
  if ("message" in records) throw new UsageError(`Line ${records.line} is no CSV: ${records.message}.`);
  const [header, ...others] = records;
  if (header === undefined) throw new UsageError("The file is empty: its first line must name the columns.");
  const columns = header.cells.map(knownColumn);
  for (const [index, column] of columns.entries()) {
    if (columns.indexOf(column) < index) throw new UsageError(`The column ${column} is there twice.`);
  }
  refuseNameless(columns);
  return others.map((record) => csvRow(record, columns));
}

/** What stands in the first line most often, outside of names that no header has. */
function separatorOf(text: string): Separator {
  const [first = ""] = text.split(/[\r\n]/, 1);
  const count = (separator: Separator): number => first.split(separator).length;
  return ([",", ";", "\t"] as const).reduce((best, next) => (count(next) > count(best) ? next : best));
}

function csvRow({ line, cells }: CsvRecord, columns: readonly Column[]): Read {
  if (cells.length !== columns.length) {
    const message = `has ${cells.length} cells, and the header ${columns.length}: quote cells that hold a separator`;
    return [{ row: line, column: null, message }];
  }
  return readCells(line, new Map(columns.map((column, index) => [column, cells[index] ?? ""])));
}

function knownColumn(name: string): Column {
  const column = columnOf(name);
  if (column !== undefined) return column;
  const near = nearest(name, COLUMNS);
  const hint = near === null ? "" : ` Did you mean ${near}?`;
  throw new UsageError(`There is no column "${name.slice(0, 100)}".${hint} Allowed are ${COLUMNS.join(", ")}.`);
}

function refuseNameless(columns: readonly Column[]): void {
  if (columns.includes("userName") || columns.includes("email")) return;
  throw new UsageError("The file has neither a column userName nor a column email: nobody could be told apart.");
}

function jsonRows(text: string): readonly Read[] {
  const list = listIn(parsed(text));
  if (list === null) {
    throw new UsageError("The file is neither a JSON array of people nor a SCIM ListResponse (with Resources).");
  }
  return list.map((one, index) => jsonRow(index + 1, one ?? null));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError("The file cannot be read as JSON.", { cause: error });
  }
}

function listIn(document: unknown): readonly (JsonValue | undefined)[] | null {
  const list = isJsonObject(document) ? document["Resources"] : document;
  return isJsonArray(list) ? list : null;
}

function jsonRow(row: number, one: JsonValue): Read {
  if (!isJsonObject(one)) return [{ row, column: null, message: "is no object" }];
  if (Object.hasOwn(one, "schemas")) return scimRow(row, one);
  const cells = new Map<Column, JsonValue>();
  for (const [name, value] of Object.entries(one)) {
    const column = columnOf(name);
    const near = nearest(name, COLUMNS);
    const hint = near === null ? "" : ` (did you mean ${near}?)`;
    const message = `is no column${hint}: allowed are ${COLUMNS.join(", ")}`;
    if (column === undefined) return [{ row, column: name.slice(0, 100), message }];
    if (cells.has(column)) return [{ row, column: name, message: `says ${column} a second time` }];
    if (value !== undefined) cells.set(column, value);
  }
  return readCells(row, cells);
}

function scimRow(row: number, one: JsonObject): Read {
  const userName = one["userName"];
  const externalId = one["externalId"];
  if (typeof userName !== "string" || userName.trim() === "") {
    return [{ row, column: "userName", message: "must be text that is not empty" }];
  }
  if (externalId !== undefined && typeof externalId !== "string")
    return [{ row, column: "externalId", message: "must be text" }];
  const body = Object.fromEntries(Object.entries(one).filter(([name]) => !NOT_TAKEN.has(name)));
  return { row, userName, externalId, body, cleared: [], groups: undefined };
}
