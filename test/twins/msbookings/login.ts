import { z } from "zod";
import { json, type TwinAnswer } from "../kit/answers.ts";
import { route, type TwinRoute } from "../kit/route.ts";
import type { TwinVendor } from "../kit/twin.ts";

/** The directory of the organisation, and the application that the bridge is there. */
export const APPLICATION = {
  tenant: "b1e5f0a2-0000-4000-8000-000000000001",
  clientId: "c0ffee00-0000-4000-8000-000000000002",
  clientSecret: "secret~of.a-test",
} as const;

const LIFETIME_S = 3_599;

/** Access tokens that were given. */
export interface Tokens {
  give(): { readonly token: string; readonly seconds: number };
  isGood(token: string): boolean;
  revokeAll(): void;
  /** How many were given so far. */
  readonly given: number;
}

/** None yet. */
export function createTokens(now: () => number): Tokens {
  const ends = new Map<string, number>();
  let given = 0;
  return {
    get given() {
      return given;
    },
    give() {
      given += 1;
      const token = `eyJ0eXAi.${given}.x`;
      ends.set(token, now() + LIFETIME_S * 1_000);
      return { token, seconds: LIFETIME_S };
    },
    isGood: (token) => (ends.get(token) ?? 0) > now(),
    revokeAll: () => ends.clear(),
  };
}

/** The token endpoint of the Microsoft identity platform, for client credentials. */
export function loginRoutes(tokens: Tokens): readonly TwinRoute[] {
  const body = z.strictObject({
    grant_type: z.literal("client_credentials"),
    client_id: z.string(),
    client_secret: z.string(),
    scope: z.literal("https://graph.microsoft.com/.default"),
  });
  const shape = { body, contentType: "application/x-www-form-urlencoded", guarded: false, writes: false };
  return [
    route("POST", "/:tenant/oauth2/v2.0/token", shape, ({ params, body: form }) => {
      if (params["tenant"] !== APPLICATION.tenant) return refused(400, "invalid_request", 90002);
      if (form.client_id !== APPLICATION.clientId) return refused(400, "unauthorized_client", 700016);
      if (form.client_secret !== APPLICATION.clientSecret) return refused(401, "invalid_client", 7000215);
      const { token, seconds } = tokens.give();
      return json(200, { token_type: "Bearer", expires_in: seconds, ext_expires_in: seconds, access_token: token });
    }),
  ];
}

/** Its manners. */
export const LOGIN_MANNERS: TwinVendor = {
  authenticate: () => null,
  invalid: () => refused(400, "invalid_request", 900144),
  unknownPath: () => refused(404, "invalid_request", 900144),
  unauthorized: () => refused(401, "invalid_client", 7000215),
  rateLimited: (seconds) => ({
    ...refused(429, "temporarily_unavailable", 50196),
    headers: { "retry-after": String(seconds) },
  }),
  unavailable: () => refused(503, "temporarily_unavailable", 90033),
};

function refused(status: number, error: string, code: number): TwinAnswer {
  return json(status, { error, error_description: `AADSTS${code}: as documented.`, error_codes: [code] });
}
