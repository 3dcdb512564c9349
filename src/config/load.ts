import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { z } from "zod";
import { ConfigError } from "../domain/errors.ts";
import type { ConfigProblem } from "../domain/errors.ts";
import type { JsonObject, JsonValue } from "../domain/json.ts";
import type { Config } from "./config.ts";
import { explainIssue, toProblems } from "../lib/explain-issue.ts";
import { freezeDeep } from "./freeze.ts";
import { findJsonFault } from "../lib/json-text.ts";
import { maskSettings } from "./mask.ts";
import { resolveReferences } from "./references.ts";
import type { ReferenceSources, Resolved } from "./references.ts";
import { explainProductIssue, readOptions, type ConnectorSchema } from "./product.ts";
import { createConfigSchema } from "./schema.ts";
import type { Settings } from "./schema.ts";
import { toConfig } from "./to-config.ts";

const FILE = "sync.config.json";

/** Where to look for the configuration, and what of it only the caller knows. */
export interface LoadConfigOptions<Product extends ConnectorSchema = ConnectorSchema> {
  /** Value of `--config`, if it was given. */
  readonly path?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folder that relative names of the configuration file start from. */
  readonly cwd: string;
  /** Options of each connector that the configuration may name. */
  readonly products: readonly Product[];
  /** Whether a text is a cron expression: the scheduler's own check. */
  readonly isCron: (text: string) => boolean;
}

/** A configuration that may be used. */
export interface LoadedConfig<Options> {
  /** Absolute path of the file. */
  readonly file: string;
  readonly config: Config<Options>;
  /** The settings in effect in the shape of the file, defaults filled, secrets masked: may be shown to anybody. */
  readonly printable: JsonObject;
}

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : String(error);
}

function locate({ path, environment, cwd }: LoadConfigOptions): { file: string; source: string } {
  if (path !== undefined) return { file: resolve(cwd, path), source: "given by --config" };
  const named = environment["ROSTERBRIDGE_CONFIG"];
  if (named !== undefined && named !== "") return { file: resolve(cwd, named), source: "given by ROSTERBRIDGE_CONFIG" };
  return { file: resolve(cwd, FILE), source: "the default place" };
}

function readDocument(file: string, source: string): JsonValue {
  let text: string;
  try {
    text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    const code = errorCode(error);
    const begin = `to begin: rosterbridge init, or name another file by --config or ROSTERBRIDGE_CONFIG`;
    const message =
      code === "ENOENT" ? `there is no such file (${source}); ${begin}` : `the file cannot be read (${code})`;
    throw new ConfigError(file, [{ path: "", message }]);
  }
  const fault = findJsonFault(text);
  if (fault !== null) {
    const message = `not JSON at line ${fault.line}, column ${fault.column}: ${fault.message}`;
    throw new ConfigError(file, [{ path: "", message }]);
  }
  return JSON.parse(text) as JsonValue;
}

/** The settings, or every problem of the document at once; what a reference could not deliver is told once only. */
function check(
  document: Resolved,
  { products, isCron }: Pick<LoadConfigOptions, "products" | "isCron">,
): { settings: Settings } | { problems: readonly ConfigProblem[] } {
  const parsed = createConfigSchema(products, isCron).safeParse(document.value, {
    error: (issue) => explainProductIssue(issue, products) ?? explainIssue(issue),
  });
  if (parsed.success && document.problems.length === 0) return { settings: parsed.data };
  const told = new Set(document.problems.map(({ path }) => path));
  const others = parsed.success ? [] : toProblems(parsed.error).filter(({ path }) => !told.has(path));
  return { problems: [...document.problems, ...others] };
}

/** The own options of the connectors: what is left without the settings that every product takes. */
function ownOptions<Product extends ConnectorSchema>(
  products: readonly Product[],
  { product }: Settings,
): { readonly options: z.output<Product>; readonly bookings: z.output<Product> | null } {
  const { rateLimit: _rateLimit, seats: _seats, bookings, ...own } = product;
  const options = readOptions(products, own);
  if (bookings === undefined) return { options, bookings: null };
  const { rateLimit: _other, ...second } = bookings;
  return { options, bookings: readOptions(products, second) };
}

/**
 * Reads the configuration named by `--config`, else by `ROSTERBRIDGE_CONFIG`, else `./sync.config.json`, replaces its
 * references, checks it whole and freezes it. Throws ConfigError with every problem and its path.
 */
export function loadConfig<Product extends ConnectorSchema>(
  options: LoadConfigOptions<Product>,
): LoadedConfig<z.output<Product>> {
  const { file, source } = locate(options);
  const folder = dirname(file);
  return checkConfig(readDocument(file, source), file, {
    ...options,
    readFile: (name) => readFileSync(resolve(folder, name), "utf8"),
  });
}

/**
 * Checks a configuration as if it had been read from `file` (absolute), which need not be there yet. Throws ConfigError
 * with every problem and its path.
 */
export function checkConfig<Product extends ConnectorSchema>(
  written: JsonValue,
  file: string,
  options: Pick<LoadConfigOptions<Product>, "products" | "isCron"> & ReferenceSources,
): LoadedConfig<z.output<Product>> {
  const document = resolveReferences(written, options);
  const checked = check(document, options);
  if ("problems" in checked) throw new ConfigError(file, checked.problems);
  const { settings } = checked;
  const config = toConfig(settings, { ...ownOptions(options.products, settings), file });
  return freezeDeep({ file, config, printable: maskSettings(settings, document.references) });
}
