import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENGINE_SUITES } from "./suites.ts";

const COPIED = ["src", "migrations", "test", "config", "package.json", "tsconfig.json", "sync.config.example.json"];
/** A fault that keeps the engine from ever ending is found, too. */
const PATIENCE_MS = 300_000;

/** A tree of its own in which the engine meets a fault: the one that people work in is never touched. */
export interface EngineTrial {
  /** True when the engine's suites pass; with a fault in a file, or as the tree is. */
  passes(fault?: { readonly file: string; readonly source: string }): Promise<boolean>;
  remove(): Promise<void>;
}

/** Copies the tree to the folder for temporary files. */
export async function createEngineTrial(): Promise<EngineTrial> {
  const folder = await mkdtemp(join(tmpdir(), "mutants-"));
  for (const part of COPIED) await cp(part, join(folder, part), { recursive: true });
  await symlink(join(process.cwd(), "node_modules"), join(folder, "node_modules"));
  return {
    async passes(fault) {
      if (fault === undefined) return enginePasses(folder);
      const path = join(folder, fault.file);
      const original = await readFile(path, "utf8");
      await writeFile(path, fault.source);
      try {
        return await enginePasses(folder);
      } finally {
        await writeFile(path, original);
      }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function enginePasses(folder: string): Promise<boolean> {
  const program = join(folder, "node_modules", ".bin", "ava");
  const args = [program, "--fail-fast", ...ENGINE_SUITES];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: "ignore" });
  const impatience = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  return new Promise((resolve) => {
    child.on("close", (code) => {
      clearTimeout(impatience);
      resolve(code === 0);
    });
  });
}
