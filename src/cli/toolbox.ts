import type { ConnectorFault } from "../domain/errors.ts";
import type { DirectoryId } from "../domain/directory.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Diagnosis } from "../engine/doctor/diagnosis.ts";
import type { Services } from "../engine/services.ts";
import type { Ambient } from "../ports/ambient.ts";
import type { BackupFacts, RestoreReport } from "../ports/backup.ts";
import type { Finding } from "../ports/connector.ts";
import type { Terminal } from "./terminal.ts";

/** A configuration that was found and checked. */
export interface Settings {
  readonly file: string;
  /** The settings in effect, secrets masked. */
  readonly printable: JsonObject;
  readonly directories: readonly DirectoryId[];
}

/** The use cases of one process, and how to let go of them. */
export interface OpenServices {
  readonly services: Services;
  close(): Promise<void>;
}

/** What is to be tried of a recipe. Secrets come by the names of environment variables. */
export interface RecipeTrial {
  /** A shipped recipe by its name, or a file. */
  readonly file: string;
  readonly configPath: string | undefined;
  readonly baseUrl: string | undefined;
  readonly tokenEnv: string | undefined;
  /** Names of environment variables, by setting of the recipe. */
  readonly settingEnvs: ReadonlyMap<string, string>;
  readonly allowDelete: boolean;
  /** E-mail of the test person; null: nothing is written. */
  readonly writeAs: string | null;
  readonly signal: AbortSignal;
}

/** What came of trying one operation of a recipe. */
export interface RecipeTrialRow extends Finding {
  /** Set for what the product refused or did not answer. */
  readonly reason?: ConnectorFault;
}

/** What a recipe leaves to the configuration. */
export interface RecipeNeeds {
  /** Which connector reads it. */
  readonly connector: "recipe" | "scim";
  /** Where the product is, as the recipe says; null: the configuration has to. */
  readonly baseUrl: string | null;
  /** Whether it takes `product.token`. */
  readonly hasToken: boolean;
  /** The others; `preset` is what holds where the configuration does not say, null: it has to. */
  readonly settings: readonly { readonly name: string; readonly describe: string; readonly preset: string | null }[];
}

/** What commands reach the world through: handed in, so that the command line knows neither store nor product. */
export interface Toolbox {
  readonly version: string;
  readonly terminal: Terminal;
  readonly ambient: Ambient;
  /** Aborted when the user asks to stop (Ctrl-C). */
  readonly interrupted: AbortSignal;
  environment(name: string): string | undefined;
  /** Throws ConfigError. */
  loadSettings(path: string | undefined): Settings;
  configSchema(): JsonObject;
  /** What a recipe, shipped or a file, leaves to this configuration (absolute), which need not be there. Throws ConfigError. */
  recipeNeeds(recipe: string, configFile: string): RecipeNeeds;
  /**
   * Checks a configuration before it is saved as `file` (absolute). `variables` are those that it reads; neither they nor
   * files of secrets need be there yet. Throws ConfigError.
   */
  checkDraft(document: JsonObject, file: string, variables: readonly string[]): Promise<void>;
  /** What `$schema` of this configuration (absolute) is to say, so that editors help. */
  schemaReference(configFile: string): string;
  /** Opens store and connector. Throws ConfigError, StoreUnavailableError. */
  open(configPath: string | undefined): Promise<OpenServices>;
  /** Runs the daemon until it is asked to stop; resolves to the exit code. */
  serve(configPath: string | undefined): Promise<number>;
  /** Tries a recipe against its product, operation by operation. Throws ConfigError, UsageError. */
  tryRecipe(trial: RecipeTrial): AsyncIterable<RecipeTrialRow>;
  /** Looks at everything that an admin can mend, one after the other; a configuration that cannot be used is a finding. */
  examine(configPath: string | undefined, signal: AbortSignal): AsyncIterable<Diagnosis>;
  /** Writes a copy of the database to a new file. Throws ConfigError, UsageError, StoreUnavailableError. */
  backUp(configPath: string | undefined, file: string): Promise<BackupFacts>;
  /**
   * Puts a backup in the place of the database, if `agree` says so to what it holds; null when it does not. Throws
   * ConfigError, UsageError, StoreBusyError, StoreUnavailableError.
   */
  restore(
    configPath: string | undefined,
    file: string,
    agree: (facts: BackupFacts) => Promise<boolean>,
  ): Promise<RestoreReport | null>;
  /** Plays the demonstration; resolves to the exit code. */
  demo(options: { readonly keep: boolean }): Promise<number>;
}
