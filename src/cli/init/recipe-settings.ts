import { UsageError } from "../../domain/errors.ts";
import { nearest } from "../../lib/nearest.ts";
import type { RecipeNeeds } from "../toolbox.ts";
import type { Ask } from "./ask.ts";
import type { InitOptions } from "./options.ts";
import { isSecretName, variableFault, variableFor, type Secret, type SecretPlace } from "./secrets.ts";

/** The settings of a recipe, as they are written; those that hold secrets point to them. */
export interface RecipeSettings {
  readonly settings: Readonly<Record<string, string | SecretPlace>>;
  readonly secrets: readonly Secret[];
}

type Setting = RecipeNeeds["settings"][number];
type Given = Pick<InitOptions, "setting" | "settingEnv">;

/** Asks for what a recipe needs and the flags do not give. Throws UsageError. */
export async function askSettings(ask: Ask, needs: RecipeNeeds, given: Given, prefix: string): Promise<RecipeSettings> {
  const plain = given.setting ?? new Map<string, string>();
  const variables = given.settingEnv ?? new Map<string, string>();
  refuseUnknown(needs, [...plain.keys(), ...variables.keys()]);
  const settings: Record<string, string | SecretPlace> = {};
  const secrets: Secret[] = [];
  for (const setting of needs.settings) {
    const { name } = setting;
    if (plain.has(name) && variables.has(name))
      throw new UsageError(`Give ${name} by --setting or by --setting-env, not both.`);
    if (plain.has(name) && isSecretName(name))
      throw new UsageError(`${name} is a secret, which no argument takes: say --setting-env ${name}=VARIABLE.`);
    const isLeftOut = setting.preset !== null && !plain.has(name) && !variables.has(name);
    if (isLeftOut) continue;
    const value = await valueOf(ask, setting, prefix, plain.get(name), variables.get(name));
    settings[name] = value;
    if (typeof value !== "string") secrets.push({ what: `settings.${name}: ${setting.describe}`, place: value });
  }
  return { settings, secrets };
}

async function valueOf(
  ask: Ask,
  { name, describe }: Setting,
  prefix: string,
  plain: string | undefined,
  variable: string | undefined,
): Promise<string | SecretPlace> {
  if (variable !== undefined || isSecretName(name)) {
    const text = `Which environment variable will hold ${name}? ${describe}`;
    const preset = variableFor(prefix, name.replace(/^client(?=Secret$)/, ""));
    return { env: await ask({ flag: `--setting-env ${name}`, text, preset, fault: variableFault }, variable) };
  }
  return ask({ flag: `--setting ${name}=…`, text: `${name}: ${describe}` }, plain);
}

function refuseUnknown({ settings }: RecipeNeeds, given: readonly string[]): void {
  const known = settings.map(({ name }) => name);
  for (const name of given) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    const hint = meant === null ? `it has ${known.join(", ") || "none"}` : `did you mean ${meant}?`;
    throw new UsageError(`The recipe has no setting ${name}: ${hint}${hint.endsWith("?") ? "" : "."}`);
  }
}
