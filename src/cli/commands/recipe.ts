import { UsageError } from "../../domain/errors.ts";
import { startStage } from "../../engine/progress.ts";
import { safeJson } from "../../planning/rendering/safe-text.ts";
import type { AddCommand, SetExitCode } from "../command.ts";
import { withConfig } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { withProgress } from "../progress.ts";
import { renderTable } from "../table.ts";
import type { RecipeTrial, RecipeTrialRow, Toolbox } from "../toolbox.ts";

interface TestOptions {
  readonly config?: string;
  readonly baseUrl?: string;
  readonly tokenEnv?: string;
  readonly settingEnv?: ReadonlyMap<string, string>;
  readonly write?: true;
  readonly email?: string;
  readonly allowDelete?: true;
  readonly json?: true;
}

/** `recipe test`: tries a recipe against its product, operation by operation. */
export const recipeCommand: AddCommand = (parent, toolbox, exit) => {
  const recipe = parent.command("recipe").description("products that a recipe describes");
  withConfig(recipe.command("test"))
    .description("tries a recipe against its product: what reads, and with --write what writes, on a test person")
    .argument("<file>", "a shipped recipe by its name, or a file")
    .option("--base-url <address>", "where the product is (else as the configuration or the recipe says)")
    .option("--token-env <name>", "environment variable that holds the token")
    .option("--setting-env <setting=name>", "environment variable that holds a setting; may be repeated", addSetting)
    .option("--write", "also create, change, shut out and remove a test person")
    .option("--email <address>", "address of the test person; nobody may have it")
    .option("--allow-delete", "also do what destroys accounts: the test person is deleted at the end")
    .option("--json", "one JSON object per line")
    .action((file: string, options: TestOptions) => test(toolbox, exit, trialOf(file, options, toolbox), options));
};

function trialOf(file: string, options: TestOptions, toolbox: Toolbox): RecipeTrial {
  const { write, email } = options;
  if ((write === true) !== (email !== undefined)) {
    throw new UsageError(
      "--write and --email belong together: it needs an address that nobody has, for a test person.",
    );
  }
  if (email !== undefined && !/^[^\s@]+@[^\s@]+$/.test(email)) throw new UsageError(`--email ${email} is no address.`);
  return {
    file,
    configPath: options.config,
    baseUrl: options.baseUrl,
    tokenEnv: options.tokenEnv,
    settingEnvs: options.settingEnv ?? new Map(),
    allowDelete: options.allowDelete === true,
    writeAs: email ?? null,
    signal: toolbox.interrupted,
  };
}

async function test(toolbox: Toolbox, exit: SetExitCode, trial: RecipeTrial, { json }: TestOptions): Promise<void> {
  const { terminal } = toolbox;
  const rows: RecipeTrialRow[] = [];
  await withProgress(toolbox, async ({ onProgress }) => {
    const tick = startStage(onProgress, "trying", null);
    for await (const row of toolbox.tryRecipe(trial)) {
      rows.push(row);
      if (json === true) terminal.print(safeJson(row));
      tick();
    }
  });
  if (json !== true) for (const line of reportOf(rows, trial)) terminal.print(line);
  exit(exitCodeOfRows(rows));
}

const MARKS = { good: "ok", warning: "warning", bad: "FAILED" } as const;

/** A table, what to do about each failure, and a sum. */
function reportOf(rows: readonly RecipeTrialRow[], { file, writeAs }: RecipeTrial): readonly string[] {
  const table = renderTable(
    [],
    rows.map(({ subject, verdict, detail }) => [`  ${subject}`, MARKS[verdict], detail]),
  );
  const failed = rows.filter(({ verdict }) => verdict === "bad");
  const advice = failed.flatMap(({ subject, remedy }) => (remedy === undefined ? [] : [`  ${subject}: ${remedy}`]));
  const sum =
    failed.length === 0
      ? `${file}: everything that was tried works.`
      : `${file}: ${failed.length} of ${rows.length} failed.`;
  const more = writeAs === null ? [`  Nothing was written: add --write --email to try that, too.`] : [];
  return [table, ...(advice.length === 0 ? [] : ["", ...advice]), "", sum, ...more];
}

/** 77: the credentials are refused; 69: the product does not answer; 4: some of it does not work. */
export function exitCodeOfRows(rows: readonly RecipeTrialRow[]): number {
  const failed = rows.filter(({ verdict }) => verdict === "bad");
  if (failed.length === 0) return EXIT.done;
  if (failed.some(({ reason }) => reason === "auth")) return EXIT.unauthorised;
  const isOut = failed.some(({ subject, reason }) => subject === "listAccounts" && reason === "unavailable");
  return isOut ? EXIT.unreachable : EXIT.partial;
}

function addSetting(text: string, known: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const match = /^([a-z][A-Za-z0-9]{0,39})=([A-Za-z_][A-Za-z0-9_]*)$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) {
    // What was typed is not repeated: it may be the secret itself.
    throw new UsageError("--setting-env takes a setting and the NAME of a variable, such as username=MY_USERNAME.");
  }
  return new Map([...known, [match[1], match[2]]]);
}
