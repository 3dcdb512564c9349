import { readFileSync, statSync } from "node:fs";
import { UsageError } from "../domain/errors.ts";
import { findJsonFault } from "../config/json-text.ts";
import { LONGEST_MAPPING } from "../engine/mapping/check-mapping.ts";

/** A character takes at most so many bytes for each UTF-16 code unit. */
const LARGEST_FILE = 3 * LONGEST_MAPPING;

/**
 * The JSON document in a file, not checked any further. A byte order mark and Windows line ends are taken. Throws UsageError
 * that says what is wrong with the file, and where.
 */
export function readMappingFile(file: string): unknown {
  const text = decode(file, readBytes(file)).replace(/^\uFEFF/, "");
  if (text.trim() === "")
    throw new UsageError(`${file} is empty: \`rosterbridge mapping show\` prints a mapping to begin with.`);
  const fault = findJsonFault(text);
  if (fault !== null) {
    throw new UsageError(`${file} is not JSON at line ${fault.line}, column ${fault.column}: ${fault.message}.`);
  }
  return JSON.parse(text);
}

function readBytes(file: string): Buffer {
  try {
    const { size } = statSync(file);
    if (size > LARGEST_FILE) throw tooLarge(file, size);
    const bytes = readFileSync(file);
    // What is no file, such as a pipe, has no size before it is read.
    if (bytes.length > LARGEST_FILE) throw tooLarge(file, bytes.length);
    return bytes;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file} ${whyUnreadable(error)}.`, { cause: error });
  }
}

function tooLarge(file: string, bytes: number): UsageError {
  const megabytes = (size: number): string => (size / 1_048_576).toFixed(1);
  return new UsageError(
    `${file} has ${megabytes(bytes)} MB: a mapping of at most ${megabytes(LARGEST_FILE)} MB is taken. Is it the right file?`,
  );
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "is not there",
  ENOTDIR: "is not there",
  EISDIR: "is a folder, not a file",
  EACCES: "may not be read by this user",
  EPERM: "may not be read by this user",
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
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UsageError(`${file} is not UTF-8: save it as UTF-8.`, { cause: error });
  }
}
