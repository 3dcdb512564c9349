import { statSync } from "node:fs";
import { open, realpath, rename, stat, unlink, type FileHandle } from "node:fs/promises";
import { UsageError } from "../domain/errors.ts";
import type { NewId } from "../ports/ambient.ts";

/** Characters that are written at a time. */
const CHUNK = 65_536;

/**
 * Writes lines to a file for the owner alone, since they name people. The file is there when it is whole: whoever reads it
 * meanwhile, or after the command was ended, finds what was there before. Pipes and devices are written to as they are.
 * Throws UsageError when it cannot be written, or is there and `isForced` is false.
 */
export async function writeLines(
  file: string,
  lines: AsyncIterable<string>,
  { newId, isForced }: { readonly newId: NewId; readonly isForced: boolean },
): Promise<void> {
  refuseTaken(file, isForced);
  const target = await realFile(file);
  if (target === null) return writable(file, () => writeAll(() => open(file, "w"), lines));
  const unfinished = `${target}.${newId()}.part`;
  await writable(file, async () => {
    try {
      await writeAll(
        () => open(unfinished, "wx", 0o600),
        lines,
        (handle) => handle.sync(),
      );
      // Once more: writing takes its time.
      refuseTaken(file, isForced);
      await rename(unfinished, target);
    } catch (error) {
      await unlink(unfinished).catch(() => undefined);
      throw error;
    }
  });
}

/** Throws UsageError where a file would be lost that nobody said may be. Pipes and devices hold nothing that could be. */
export function refuseTaken(file: string, isForced: boolean): void {
  if (isForced || !holdsFile(file)) return;
  throw new UsageError(`${file} is there already: name another --out, or say --force to write over it.`);
}

function holdsFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    // What cannot be looked at cannot be written either; whoever tries it says why.
    return false;
  }
}

/** Where the lines end up, behind any symbolic link; null for what is no file and must not be replaced by one. */
async function realFile(file: string): Promise<string | null> {
  try {
    const target = await realpath(file);
    return (await stat(target)).isFile() ? target : null;
  } catch {
    return file;
  }
}

async function writeAll(
  start: () => Promise<FileHandle>,
  lines: AsyncIterable<string>,
  finish: (handle: FileHandle) => Promise<void> = async () => undefined,
): Promise<void> {
  const handle = await start();
  try {
    let waiting = "";
    for await (const line of lines) {
      waiting += `${line}\n`;
      if (waiting.length < CHUNK) continue;
      await handle.write(waiting);
      waiting = "";
    }
    await handle.write(waiting);
    await finish(handle);
  } finally {
    await handle.close();
  }
}

async function writable(file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isOfName = error instanceof Error && "code" in error && error.code === "ERR_INVALID_ARG_VALUE";
    if (!(isOfName || (error instanceof Error && "syscall" in error))) throw error;
    throw new UsageError(`${file} cannot be written: ${whyUnwritable(error)}.`, { cause: error });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "its folder is not there",
  ENOTDIR: "its folder is not there",
  EISDIR: "it is a folder",
  EACCES: "this user may not",
  EPERM: "this user may not",
  EROFS: "its disk is read-only",
  ENOSPC: "the disk is full",
  ENAMETOOLONG: "its name is too long",
  ERR_INVALID_ARG_VALUE: "that is no name of a file",
};

function whyUnwritable(error: Error): string {
  const code = "code" in error ? String(error.code) : "";
  return REASONS[code] ?? `the system says ${code}`;
}
