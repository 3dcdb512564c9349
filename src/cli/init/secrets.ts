import { UsageError } from "../../domain/errors.ts";
import type { Ask } from "./ask.ts";

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Where a secret stands; never the secret itself. */
export type SecretPlace = { readonly env: string } | { readonly file: string };

/** A secret that the configuration points to, and what it is. */
export interface Secret {
  readonly what: string;
  readonly place: SecretPlace;
}

/** What the flags say of one secret. */
export interface SecretFlags {
  readonly env: { readonly flag: string; readonly value: string | undefined };
  readonly file: { readonly flag: string; readonly value: string | undefined };
}

/** Where a secret will stand. `preset`: the variable, unless somebody says otherwise. Throws UsageError. */
export async function askSecret(ask: Ask, what: string, preset: string, { env, file }: SecretFlags): Promise<Secret> {
  if (file.value !== undefined) {
    if (env.value !== undefined) throw new UsageError(`Give ${env.flag} or ${file.flag}, not both.`);
    return { what, place: { file: await ask({ flag: file.flag, text: "" }, file.value) } };
  }
  const text = `Which environment variable will hold ${what}?`;
  return { what, place: { env: await ask({ flag: env.flag, text, preset, fault: variableFault }, env.value) } };
}

/** What is wrong with the name of a variable; it is not repeated, since people paste the secret itself. */
export function variableFault(name: string): string | null {
  return VARIABLE.test(name)
    ? null
    : "must be the name of an environment variable, in letters, digits and underscores, and never the secret itself";
}

/** Whether a setting holds a secret, by its name. */
export function isSecretName(name: string): boolean {
  return /secret|password|passphrase|token|credential|(?:api|private|access)key|^key$|pwd|^pass$/i.test(name);
}

/** The variable for a setting: `clientSecret` of `BOOKINGS` is `BOOKINGS_CLIENT_SECRET`. */
export function variableFor(prefix: string, setting: string): string {
  return `${prefix}_${setting.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toUpperCase()}`;
}
