import type { DirectoryId } from "../domain/directory.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Services } from "../engine/services.ts";
import type { Ambient } from "../ports/ambient.ts";
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
  /** Opens store and connector. Throws ConfigError, StoreUnavailableError. */
  open(configPath: string | undefined): Promise<OpenServices>;
  /** Runs the daemon until it is asked to stop; resolves to the exit code. */
  serve(configPath: string | undefined): Promise<number>;
  /** Plays the demonstration; resolves to the exit code. */
  demo(options: { readonly keep: boolean }): Promise<number>;
}
