import { statSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "../../domain/errors.ts";
import type { NewId } from "../../ports/ambient.ts";
import { refuseTaken, writeLines } from "../write-lines.ts";

/** Throws UsageError unless a configuration may be written there. */
export function refuseUnfit(file: string, isForced: boolean): void {
  if (foundAt(dirname(file))?.isDirectory() !== true)
    throw new UsageError(`The folder ${dirname(file)} is not there: make it first, or name another --out.`);
  const found = foundAt(file);
  if (found === undefined) return;
  if (!found.isFile()) throw new UsageError(`${file} is no file: name another --out.`);
  refuseTaken(file, isForced);
}

function foundAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw new UsageError(`${path} cannot be used: name another --out.`, { cause: error });
  }
}

/** Saves a configuration: it is there whole, or not at all. Throws UsageError. */
export async function save(file: string, document: object, isForced: boolean, newId: NewId): Promise<void> {
  // Once more: questions take their time.
  refuseUnfit(file, isForced);
  await writeLines(file, lines(JSON.stringify(document, null, 2)), { newId, isForced });
}

async function* lines(text: string): AsyncGenerator<string> {
  yield text;
}
