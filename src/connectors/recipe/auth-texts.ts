import { BRACED } from "./expressions-of.ts";
import type { RecipeAuth } from "./schema-auth.ts";

/** A text of the authentication part with the settings in their places. `escape` is for addresses. */
export function withSettings(
  text: string,
  settings: Readonly<Record<string, string>>,
  escape: (value: string) => string = (value) => value,
): string {
  // The schema and the settings were checked: each name is there.
  return text.replace(BRACED, (_, name: string) => escape(settings[name] ?? ""));
}

/** The same for each of several texts. */
export function allWithSettings(
  texts: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, withSettings(text, settings)]));
}

/** Names of the settings that stand in braces anywhere in the authentication part. */
export function bracedSettings(auth: RecipeAuth): ReadonlySet<string> {
  if (auth.type === "session") return new Set();
  const texts = Object.values<string | Readonly<Record<string, string>>>(auth).flatMap((value) =>
    typeof value === "string" ? [value] : Object.values(value),
  );
  return new Set(texts.flatMap((text) => [...text.matchAll(BRACED)].map(([, name = ""]) => name)));
}

/** Where a setting stands in the configuration. */
export function pathOfSetting(name: string): string {
  return name === "token" ? "product.token" : `product.settings.${name}`;
}

/** As an expression names one: `$settings.username`, or in backquotes. */
const NAMED = /\$settings\.`?(\w+)/g;

/** The settings that requests sign in by, for whoever has to mend them: `product.settings.username and …password`. */
export function credentialSettings(auth: RecipeAuth): string {
  const named = auth.type === "session" ? namedSettings(auth) : bracedSettings(auth);
  const paths = [...named].map(pathOfSetting);
  if (paths.length === 0) return 'the "auth" of the recipe';
  return paths.length === 1 ? paths.join("") : `${paths.slice(0, -1).join(", ")} and ${paths.at(-1) ?? ""}`;
}

function namedSettings({ login, headers }: Extract<RecipeAuth, { readonly type: "session" }>): ReadonlySet<string> {
  return new Set([...JSON.stringify([login, headers]).matchAll(NAMED)].map(([, name = ""]) => name));
}
