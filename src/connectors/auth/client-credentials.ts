import { z } from "zod";
import type { ProductAnswer, ProductSession } from "../http.ts";
import type { Sending } from "../product-request.ts";
import { createFetchedCredentials, type Fetched } from "./fetched-credentials.ts";
import { basic, bearer, isSendable } from "./fixed-credentials.ts";
import { asSignIn, createSignInHttp, oddSignIn, refusedSignIn, type SignInDeps } from "./sign-in-http.ts";

/** A client that signs in as itself (RFC 6749 section 4.4). */
export interface ClientCredentials {
  /** An https address (http for tests), without credentials or fragment. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string | undefined;
  /** More fields of the form, such as an audience. */
  readonly form?: Readonly<Record<string, string>> | undefined;
  /** Where id and secret stand: in the form, or in `Authorization: Basic` (section 2.3.1); in the form unless told. */
  readonly send?: "body" | "header" | undefined;
}

const seconds = z.union([z.number(), z.string().regex(/^\d{1,9}$/)]).transform(Number);
const tokenAnswer = z.object({
  access_token: z.string().refine(isSendable),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.nullish(seconds.pipe(z.number().min(0))),
});

/** Section 5.2: the reasons that a client can mend. */
const REASONS = new Set([
  "invalid_client",
  "invalid_grant",
  "invalid_request",
  "invalid_scope",
  "unauthorized_client",
  "unsupported_grant_type",
  "access_denied",
]);
const errorAnswer = z.object({ error: z.string() });

/**
 * A session by OAuth 2 client credentials. Tokens are kept until a minute before they end. A refused client is ConnectorError
 * `auth`; a token endpoint that is busy or broken is `rate-limited` or `unavailable`, as everywhere. Throws Error with a
 * sentence for people when the address cannot be used.
 */
export function createClientCredentials(client: ClientCredentials, deps: SignInDeps): ProductSession {
  const { base, path, query } = splitUrl(client.tokenUrl);
  const http = createSignInHttp(base, deps);
  const { clientId, clientSecret, scope, form = {}, send = "body" } = client;
  // Section 2.3.1: both are form-encoded before they are joined.
  const headers = send === "header" ? basic(formEncoded(clientId), formEncoded(clientSecret)) : {};
  const own = send === "header" ? {} : { client_id: clientId, client_secret: clientSecret };
  const scoped = scope === undefined ? {} : { scope };

  const fetch = async (how: Sending): Promise<Fetched> => {
    const { signal, urgent, patience } = how;
    // It changes nothing, so that it may be asked again.
    const asked = http.read({
      method: "POST",
      path,
      query,
      headers,
      form: { grant_type: "client_credentials", ...own, ...scoped, ...form },
      expected: [400, 401, 403],
      signal,
      urgent,
      patience,
    });
    const answer = await asSignIn(deps, asked);
    if (answer.status >= 400) throw refusedSignIn(deps, reasonOf(answer));
    const parsed = tokenAnswer.safeParse(answer.body);
    if (!parsed.success) throw oddSignIn(deps, "it holds no bearer token");
    const { access_token: token, expires_in: left } = parsed.data;
    return { headers: bearer(token), lifetimeMs: left == null ? null : left * 1_000, isSliding: false };
  };
  return createFetchedCredentials(fetch, deps.clock);
}

/** Only the words of the standard are shown: the rest is the server's. */
function reasonOf({ status, body }: ProductAnswer): string {
  const reason = errorAnswer.safeParse(body).data?.error;
  return reason !== undefined && REASONS.has(reason) ? reason : `status ${status}`;
}

function formEncoded(text: string): string {
  return new URLSearchParams([["", text]]).toString().slice(1);
}

function splitUrl(text: string): {
  readonly base: string;
  readonly path: string;
  readonly query: URLSearchParams;
} {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.hash !== "") {
    throw new Error("The token address must be a whole https address without credentials or fragment.");
  }
  const cut = url.pathname.lastIndexOf("/") + 1;
  return { base: `${url.origin}${url.pathname.slice(0, cut)}`, path: url.pathname.slice(cut), query: url.searchParams };
}
