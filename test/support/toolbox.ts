import { randomUUID } from "node:crypto";
import { ConfigError } from "../../src/domain/errors.ts";
import type { DirectoryId } from "../../src/domain/directory.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import type { Toolbox } from "../../src/cli/toolbox.ts";
import { runCli } from "../../src/cli/run.ts";
import { checkDraft, recipeNeeds, schemaReference } from "../../src/runtime/draft.ts";
import { backUpDatabase } from "../../src/store/backup.ts";
import { anAmbient, type LogLine, type TestBridge } from "./bridge.ts";
import { createTestClock } from "./test-clock.ts";

/** What a command line printed, asked and ended with. */
export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
  readonly questions: readonly string[];
  readonly log: readonly LogLine[];
  readonly bars: readonly ShownBar[];
}

/** A progress bar that a command began. */
export interface ShownBar {
  readonly title: string;
  readonly updates: readonly (readonly [done: number, total: number | null])[];
  readonly isEnded: boolean;
}

/** What the commands of a test have to work with. */
export interface CommandSetting {
  /** Undefined: there is no configuration. */
  readonly bridge?: TestBridge;
  /** Answers to questions, in order; without any, nobody can be asked. */
  readonly answers?: readonly (boolean | (() => boolean | Promise<boolean>))[];
  /** What is typed where a line of text is asked for, in order; behind the last nobody answers. */
  readonly typed?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly hasColour?: boolean;
  readonly printable?: JsonObject;
  readonly interrupted?: AbortSignal;
  readonly serve?: () => Promise<number>;
  readonly tryRecipe?: Toolbox["tryRecipe"];
  readonly examine?: Toolbox["examine"];
  readonly restore?: Toolbox["restore"];
  readonly onPrint?: (line: string) => void;
}

/** Runs one command line in this process, with a terminal that keeps what it is told. */
export async function command(args: readonly string[], setting: CommandSetting = {}): Promise<CommandResult> {
  const { toolbox, out, errors, questions, log, bars } = testToolbox(setting);
  const code = await runCli(args, toolbox);
  return { code, out: out.join("\n"), errors: errors.join("\n"), questions, log, bars };
}

/** A toolbox whose terminal keeps what it is told. */
export interface TestToolbox {
  readonly toolbox: Toolbox;
  readonly out: readonly string[];
  readonly errors: readonly string[];
  readonly questions: readonly string[];
  readonly log: readonly LogLine[];
  readonly bars: readonly ShownBar[];
}

/** What a command line has to work with in a test. */
export function testToolbox(setting: CommandSetting = {}): TestToolbox {
  const { bridge, answers, hasColour = false } = setting;
  const out: string[] = [];
  const errors: string[] = [];
  const questions: string[] = [];
  const log: LogLine[] = [];
  const bars: { title: string; updates: [number, number | null][]; isEnded: boolean }[] = [];
  const left = [...(answers ?? [])];
  const lines = [...(setting.typed ?? [])];
  const terminal: Terminal = {
    print(line) {
      out.push(line);
      setting.onPrint?.(line);
    },
    warn: (line) => void errors.push(line),
    isInteractive: hasColour,
    hasColour,
    columns: 120,
    canAsk: answers !== undefined || setting.typed !== undefined,
    async confirm(question) {
      questions.push(question);
      const answer = left.shift() ?? false;
      return typeof answer === "function" ? answer() : answer;
    },
    async ask(question) {
      questions.push(question);
      return lines.shift() ?? null;
    },
    progress(title) {
      bars.forEach((before) => void (before.isEnded = true));
      const bar = { title, updates: new Array<[number, number | null]>(), isEnded: false };
      bars.push(bar);
      return {
        update: (done, total) => void bar.updates.push([done, total]),
        end: () => void (bar.isEnded = true),
      };
    },
  };
  const missing = (): never => {
    throw new ConfigError("sync.config.json", [{ path: "", message: "was not found" }]);
  };
  const ambient = anAmbient(bridge?.clock ?? createTestClock(), log);
  const toolbox: Toolbox = {
    version: "1.2.3",
    terminal,
    ambient,
    interrupted: setting.interrupted ?? new AbortController().signal,
    environment: (name) => setting.environment?.[name],
    loadSettings: () =>
      bridge === undefined
        ? missing()
        : {
            file: "/etc/sync.config.json",
            printable: setting.printable ?? {},
            directories: bridge.settings.directories.map(({ id }): DirectoryId => id),
          },
    recipeNeeds,
    checkDraft: (document, file, variables) => checkDraft(document, file, variables, ambient),
    schemaReference,
    configSchema: () => ({ $schema: "https://json-schema.org/draft/2020-12/schema" }),
    open: async () =>
      bridge === undefined ? missing() : { services: bridge.services(), close: async () => undefined },
    tryRecipe: setting.tryRecipe ?? missing,
    examine: setting.examine ?? missing,
    backUp: (_, file) => backUpDatabase(bridge?.store.describe().location ?? missing(), file, randomUUID),
    restore: setting.restore ?? missing,
    serve: setting.serve ?? (async () => 0),
    demo: async ({ keep }) => (keep ? 7 : 0),
  };
  return { toolbox, out, errors, questions, log, bars };
}
