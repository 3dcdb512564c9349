import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { z } from "zod";
import { loadConfig } from "../../src/config/load.ts";
import type { LoadedConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/domain/errors.ts";
import type { ConfigProblem } from "../../src/domain/errors.ts";

/** Options of a connector that exists in tests only. */
export const toyOptionsSchema = z.strictObject({
  connector: z.literal("toy"),
  token: z.string().min(1),
  baseUrl: z.url().exactOptional(),
  pageSize: z.int().default(100),
});

/** A second one. */
export const gameOptionsSchema = z.strictObject({
  connector: z.literal("game"),
  apiKey: z.string().min(1),
  level: z.int().default(1),
});

/** What a test asks the loader for; the rest is as small as it may be. */
export interface Loading {
  readonly path?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** The smallest configuration that may be used. */
export const smallest = {
  directories: [{ id: "acme", verifiedDomains: ["acme.example"] }],
  product: { connector: "toy", token: "t" },
};

/** A new folder with these files, removed when the test ends; objects are written as JSON. */
export function folderWith(t: ExecutionContext, files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(tmpdir(), "config-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}

/** Loads a configuration for the toy connector. */
export function load({
  path,
  environment = {},
  cwd,
}: Loading): LoadedConfig<z.output<typeof toyOptionsSchema | typeof gameOptionsSchema>> {
  const isCron = (text: string) => /^(\S+ ){4}\S+$/.test(text);
  return loadConfig({ path, environment, cwd, products: [toyOptionsSchema, gameOptionsSchema], isCron });
}

/** The problems for which a configuration is refused; none when it is accepted. */
export function problemsOf(loading: Loading): readonly ConfigProblem[] {
  try {
    load(loading);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
