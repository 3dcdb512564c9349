import { parseDuration } from "../../lib/duration.ts";
import { createClientCredentials } from "../auth/client-credentials.ts";
import { apiKeys, basic, bearer } from "../auth/fixed-credentials.ts";
import { createLoginSession } from "../auth/login.ts";
import type { SignInDeps } from "../auth/sign-in-http.ts";
import type { ProductHttpOptions, ProductSession } from "../http.ts";
import { allWithSettings, withSettings } from "./auth-texts.ts";
import type { Evaluator, Given, Place } from "./evaluator.ts";
import { withAnswer } from "./outcome.ts";
import type { RecipeAuth } from "./schema-auth.ts";
import type { Settings } from "./settings.ts";

/** What the HTTP client is given so that requests show who we are. */
export type AuthOptions = Pick<ProductHttpOptions, "headers" | "query" | "session">;

/** What showing who we are depends on. */
export interface AuthDeps {
  readonly file: string;
  readonly baseUrl: string;
  readonly settings: Settings;
  readonly evaluator: Evaluator;
  readonly signIn: SignInDeps;
}

type Auth<T extends RecipeAuth["type"]> = Extract<RecipeAuth, { readonly type: T }>;

/** How the requests of a recipe show who we are. Sends nothing yet. Throws Error when credentials cannot be sent. */
export function authOptions(auth: RecipeAuth, deps: AuthDeps): AuthOptions {
  const { settings } = deps;
  switch (auth.type) {
    case "none":
      return { headers: {} };
    case "bearer":
      return { headers: bearer(withSettings(auth.token, settings)) };
    case "headers":
      return { headers: apiKeys(allWithSettings(auth.headers, settings)) };
    case "query":
      return { headers: {}, query: allWithSettings(auth.parameters, settings) };
    case "basic":
      return { headers: basic(withSettings(auth.username, settings), withSettings(auth.password, settings)) };
    case "client-credentials":
      return { headers: {}, session: clientCredentials(auth, deps) };
    case "session":
      return { headers: {}, session: login(auth, deps) };
  }
}

/** A setting with which an address begins is its host, such as that of a national cloud, and is not escaped. */
function withHost(address: string, settings: Settings): string {
  return address.replace(/^\{(\w+)\}/, (_, name: string) => (settings[name] ?? "").replace(/\/+$/, ""));
}

function clientCredentials(auth: Auth<"client-credentials">, { settings, signIn }: AuthDeps): ProductSession {
  const { tokenUrl, clientId, clientSecret, scope, send } = auth;
  return createClientCredentials(
    {
      tokenUrl: withSettings(withHost(tokenUrl, settings), settings, encodeURIComponent),
      clientId: withSettings(clientId, settings),
      clientSecret: withSettings(clientSecret, settings),
      send,
      ...(scope === undefined ? {} : { scope: withSettings(scope, settings) }),
    },
    signIn,
  );
}

function login(auth: Auth<"session">, { file, baseUrl, evaluator, signIn }: AuthDeps): ProductSession {
  const { login: request, succeeds, headers, lifetime } = auth;
  const place: Place = { file, operation: "auth", step: "login" };
  const before: Given = { input: undefined, scope: {}, place };
  return createLoginSession(
    baseUrl,
    {
      lifetimeMs: parseDuration(lifetime),
      async send(http, { signal, urgent, patience }) {
        const { method, path: template, body } = request;
        const json = body === undefined ? undefined : await evaluator.fill(body, "login.body", before);
        const path = await evaluator.path(template, before);
        return http.write({ method, path, ...(json === undefined ? {} : { json }), signal, urgent, patience });
      },
      succeeded: (answer) =>
        succeeds === undefined ||
        evaluator.holds(succeeds, "succeeds", { input: answer.body ?? {}, scope: withAnswer({}, answer), place }),
      async headers(answer) {
        const given: Given = { input: answer.body ?? {}, scope: {}, place };
        const values: (readonly [string, string | undefined])[] = [];
        for (const [name, text] of Object.entries(headers)) {
          const value = await evaluator.text(text, `headers.${name}`, given);
          values.push([
            name,
            typeof value === "number" ? String(value) : typeof value === "string" ? value : undefined,
          ]);
        }
        return Object.fromEntries(values);
      },
    },
    signIn,
  );
}
