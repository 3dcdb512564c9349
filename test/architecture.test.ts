import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "ava";
import type { ExecutionContext } from "ava";
import { cruise } from "dependency-cruiser";
import type { ICruiseResult } from "dependency-cruiser";
import config from "../.dependency-cruiser.mjs";
import { connectorImports, layers } from "../layers.mjs";

const root = join(import.meta.dirname, "..");

async function cruiseTree(baseDir: string, folders: string[]): Promise<ICruiseResult> {
  const { output } = await cruise(folders, {
    ...config.options,
    baseDir,
    ruleSet: { forbidden: config.forbidden },
    validate: true,
  });
  if (typeof output === "string") throw new TypeError("the cruiser was asked for a result and gave text");
  return output;
}

function violations({ summary }: ICruiseResult): string[] {
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

/** A small tree of its own with the given files; removed at the end of the test. */
function plant(t: ExecutionContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "architecture-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  cpSync(join(root, "tsconfig.json"), join(folder, "tsconfig.json"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

test("every file of src and migrations was seen, and none breaks a rule", async (t) => {
  const result = await cruiseTree(root, ["src", "migrations"]);
  const seen = result.modules.map(({ source }) => source).filter((source) => /^(src|migrations)\/.*\.ts$/.test(source));
  t.true(result.summary.totalCruised > 0, "TypeScript 7 makes the cruiser blind");
  t.deepEqual(seen.sort(), globSync("{src,migrations}/**/*.ts", { cwd: root }).sort());
  t.deepEqual(violations(result), []);
});

test("every folder of src is a row of layers.mjs", (t) => {
  const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  t.deepEqual(
    folders.map(({ name }) => name).filter((name) => !Object.hasOwn(layers, name)),
    [],
  );
});

test("every row of layers.mjs allows only folders that are rows themselves", (t) => {
  const named = Object.values(layers).flatMap(({ imports }) => (typeof imports === "string" ? [] : [...imports]));
  const extra = Object.values(connectorImports).flat();
  t.deepEqual(
    [...named, ...extra].filter((name) => !Object.hasOwn(layers, name.split("/")[0] ?? "")),
    [],
  );
});

const planted: readonly (readonly [
  title: string,
  files: Readonly<Record<string, string>>,
  found: readonly string[],
])[] = [
  [
    "an import against the direction, though it is only of a type",
    {
      "src/domain/a.ts": 'import type { B } from "../lib/b.ts";\nexport type A = B;',
      "src/lib/b.ts": "export type B = string;",
    },
    ["domain-direction: src/domain/a.ts -> src/lib/b.ts"],
  ],
  [
    "a file of a folder of which only another file is open",
    {
      "src/ports/a.ts": 'import { b } from "../scim/user.ts";\nexport const a = b;',
      "src/scim/user.ts": "export const b = 1;",
    },
    ["ports-direction: src/ports/a.ts -> src/scim/user.ts"],
  ],
  [
    "a module of Node in the pure core",
    { "src/planning/a.ts": 'import { readFileSync } from "node:fs";\nexport const a = readFileSync;' },
    ["planning-node: src/planning/a.ts -> fs"],
  ],
  [
    "a subpath of a module of Node",
    { "src/engine/a.ts": 'import { readFile } from "node:fs/promises";\nexport const a = readFile;' },
    ["engine-node: src/engine/a.ts -> fs/promises"],
  ],
  [
    "a circle",
    {
      "src/domain/a.ts": 'import { b } from "./b.ts";\nexport const a = () => b;',
      "src/domain/b.ts": 'import { a } from "./a.ts";\nexport const b = () => a;',
    },
    ["no-cycles: src/domain/a.ts -> src/domain/b.ts"],
  ],
  [
    "a file that nobody needs",
    { "src/domain/a.ts": "export const a = 1;" },
    ["no-orphans: src/domain/a.ts -> src/domain/a.ts"],
  ],
  [
    "an import of nothing",
    { "src/domain/a.ts": 'import { b } from "./b.ts";\nexport const a = b;' },
    ["no-unresolved: src/domain/a.ts -> ./b.ts"],
  ],
  [
    "a connector that leans on another",
    {
      "src/connectors/calcom/a.ts": 'import { b } from "../sandbox/b.ts";\nexport const a = b;',
      "src/connectors/sandbox/b.ts": "export const b = 1;",
    },
    ["connectors-stay-apart: src/connectors/calcom/a.ts -> src/connectors/sandbox/b.ts"],
  ],
  [
    "a connector that may lean on another, and does",
    {
      "src/connectors/calendly/a.ts": 'import { b } from "../scim/b.ts";\nexport const a = b;',
      "src/connectors/scim/b.ts": 'import { c } from "../../scim/c.ts";\nexport const b = c;',
      "src/scim/c.ts": "export const c = 1;",
    },
    [],
  ],
  [
    "a product file that knows the tests",
    {
      "src/runtime/a.ts": 'import { b } from "../../test/b.ts";\nexport const a = b;',
      "test/b.ts": "export const b = 1;",
    },
    ["src-knows-no-tests: src/runtime/a.ts -> test/b.ts"],
  ],
  [
    "a migration that knows the code",
    {
      "migrations/0001_a.ts": 'import { b } from "../src/store/b.ts";\nexport const a = b;',
      "src/store/b.ts": "export const b = 1;",
    },
    ["migrations-stand-alone: migrations/0001_a.ts -> src/store/b.ts"],
  ],
  [
    "a migration that somebody but the store uses",
    {
      "src/engine/a.ts": 'import { b } from "../../migrations/0001_b.ts";\nexport const a = b;',
      "migrations/0001_b.ts": "export const b = 1;",
    },
    ["migrations-for-the-store: src/engine/a.ts -> migrations/0001_b.ts"],
  ],
];

for (const [title, files, found] of planted) {
  test(`a planted violation: ${title}`, async (t) => {
    const folder = plant(t, files);
    const folders = ["src", "migrations"].filter((name) =>
      Object.keys(files).some((file) => file.startsWith(`${name}/`)),
    );
    t.deepEqual(violations(await cruiseTree(folder, folders)).sort(), [...found].sort());
  });
}

test("a planted violation: a package that belongs to another folder", async (t) => {
  const folder = plant(t, { "src/engine/a.ts": 'import { z } from "zod";\nexport const a = z;' });
  const result = await cruiseTree(folder, ["src"]);
  t.deepEqual(
    result.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`),
    ["engine-packages: src/engine/a.ts"],
  );
});

test("every rule says what to do about a violation", (t) => {
  t.deepEqual(
    config.forbidden.filter(({ comment }) => (comment ?? "").length < 30).map(({ name }) => name),
    [],
  );
});

test("a check that is switched off says why", (t) => {
  const switchedOff = /eslint-disable|@ts-(ignore|expect-error|nocheck)|prettier-ignore/;
  const files = globSync("{src,migrations,test,bench,build}/**/*.ts", { cwd: root }).filter(
    (file) => !file.endsWith("architecture.test.ts"),
  );
  const bare = files.flatMap((file) => {
    const lines = readFileSync(join(root, file), "utf8").split("\n");
    return lines.flatMap((line, index) =>
      switchedOff.test(line) && !/ -- \S/.test(line) ? [`${file}:${index + 1}`] : [],
    );
  });
  t.deepEqual(bare, []);
});
