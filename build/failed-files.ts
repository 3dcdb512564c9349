/** Prints the test files of what failed in a TAP report (its path is the argument), a file a line. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");

/** ava names a test after its file: `engine › plan › seats › a title` is in test/engine/plan/seats.test.ts. */
function fileOf(line: string): string | undefined {
  const [, named] = /(test\/[\w./-]+\.test\.ts)/.exec(line) ?? [];
  if (named !== undefined) return named;
  const [, title = ""] = /^not ok \d+ - (.*)$/.exec(line) ?? [];
  const parts = title.split(" › ");
  const files = parts.map((_, index) => `test/${parts.slice(0, index + 1).join("/")}.test.ts`);
  return files.find((file) => existsSync(join(ROOT, file)));
}

const lines = readFileSync(process.argv[2] ?? "", "utf8").split("\n");
const failed = lines.filter((line) => line.startsWith("not ok ")).map((line) => fileOf(line) ?? line);
for (const file of new Set(failed)) console.log(file);
