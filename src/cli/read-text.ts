import { readFileSync, statSync } from "node:fs";
import { findJsonFault } from "../lib/json-text.ts";
import { UsageError } from "../domain/errors.ts";

/** What a file that an argument names is to be, for messages: "a mapping", "a plan". */
export interface Wanted {
  readonly what: string;
  /** The most bytes that one may have. */
  readonly most: number;
  /** What to do about an empty one; a sentence. */
  readonly whenEmpty?: string;
}

/**
 * The text of a file that an argument names, in UTF-8, without a byte order mark. Throws UsageError that says what is wrong
 * with the file: not there, a folder, not to be read, too large, in another encoding.
 */
export function readText(file: string, { what, most }: Wanted): string {
  if (file.trim() === "") throw new UsageError(`The name of the file is empty: name ${what}.`);
  return decode(file, readBytes(file, what, most)).replace(/^\uFEFF/, "");
}

/** The JSON document in it, not checked any further. Throws UsageError. */
export function readJson(file: string, wanted: Wanted): unknown {
  const text = readText(file, wanted);
  const { what, whenEmpty } = wanted;
  if (text.trim() === "") throw new UsageError(`${file} is empty: ${whenEmpty ?? `name a file that holds ${what}.`}`);
  refuseNoJson(file, text);
  return JSON.parse(text);
}

/** Throws UsageError with line and column for a text of this file that is no JSON, or holds a key twice. */
export function refuseNoJson(file: string, text: string): void {
  const fault = findJsonFault(text);
  if (fault === null) return;
  throw new UsageError(`${file} is not JSON at line ${fault.line}, column ${fault.column}: ${fault.message}.`);
}

function readBytes(file: string, what: string, most: number): Buffer {
  try {
    const { size } = statSync(file);
    if (size > most) throw tooLarge(file, what, size, most);
    const bytes = readFileSync(file);
    // What is no file, such as a pipe, has no size before it is read.
    if (bytes.length > most) throw tooLarge(file, what, bytes.length, most);
    return bytes;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file} ${whyUnreadable(error)}.`, { cause: error });
  }
}

function tooLarge(file: string, what: string, bytes: number, most: number): UsageError {
  const megabytes = (size: number): string => (size / 1_048_576).toFixed(1);
  return new UsageError(
    `${file} has ${megabytes(bytes)} MB: ${what} of at most ${megabytes(most)} MB is taken. Is it the right file?`,
  );
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "is not there",
  ENOTDIR: "is not there",
  EISDIR: "is a folder, not a file",
  EACCES: "may not be read by this user",
  EPERM: "may not be read by this user",
  ENAMETOOLONG: "is too long for the name of a file",
  ERR_INVALID_ARG_VALUE: "is no name of a file",
};

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return REASONS[code] ?? `cannot be read${code === "" ? "" : ` (${code})`}`;
}

function decode(file: string, bytes: Buffer): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new UsageError(`${file} is UTF-16: save it as UTF-8.`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new UsageError(`${file} is not UTF-8: save it as UTF-8.`, { cause: error });
  }
}
