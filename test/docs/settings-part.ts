/** Parts of a configuration, as pages show them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isJsonArray, isJsonObject } from "../../src/domain/json.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { loadAt } from "./command-line.ts";
import { settingsOf, type Block } from "./page.ts";
import { exampleSettings } from "./pages.ts";
import { withParts } from "./stage.ts";

/** Why the shipped configuration cannot be used with the part of a block put over it; null when it can. */
export function faultOfSettings(block: Block): string | null {
  const path = mkdtempSync(join(tmpdir(), "settings-"));
  try {
    const settings = withParts(exampleSettings(), settingsOf(block));
    const config = join(path, "sync.config.json");
    writeFileSync(join(path, "secret"), "a secret");
    writeFileSync(config, JSON.stringify(withFiles(settings)));
    const names = variablesIn(settings);
    loadAt({ path, config, environment: Object.fromEntries(names.map((name) => [name, valueOf(name)])) });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(path, { recursive: true });
  }
}

/** Names of the environment variables that settings read. */
export function variablesIn(value: JsonValue | undefined): readonly string[] {
  if (isJsonArray(value)) return value.flatMap(variablesIn);
  if (!isJsonObject(value)) return [];
  const { env } = value;
  return typeof env === "string" ? [env] : Object.values(value).flatMap(variablesIn);
}

function valueOf(name: string): string {
  return name.includes("WEBHOOK") ? "https://hooks.acme.example/1" : `secret of ${name}`;
}

/** Secrets of files come from one that is there. */
function withFiles(value: JsonObject): JsonObject {
  const { file } = value;
  if (typeof file === "string" && Object.keys(value).length === 1) return { file: "secret" };
  const entries = Object.entries(value).map(([key, one]) => [key, isJsonObject(one) ? withFiles(one) : one]);
  return Object.fromEntries(entries) as JsonObject;
}
