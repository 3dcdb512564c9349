import { readFileSync } from "node:fs";
import { UsageError } from "../domain/errors.ts";

/** The JSON in a file that an argument names. Throws UsageError when it cannot be read as JSON. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`${file} cannot be read as JSON.`, { cause: error });
  }
}
