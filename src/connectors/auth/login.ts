import type { ProductAnswer, ProductHttp, ProductSession } from "../http.ts";
import type { Sending } from "../product-request.ts";
import { createFetchedCredentials } from "./fetched-credentials.ts";
import { isSendable, type CredentialHeaders } from "./fixed-credentials.ts";
import { asSignIn, createSignInHttp, oddSignIn, refusedSignIn, type SignInDeps } from "./sign-in-http.ts";

/** A login by a request of the product's own, whose answer gives the headers of the requests that follow. */
export interface Login {
  /** Sends the login over the client that it is given. A login must not end an earlier session of somebody else. */
  send(http: ProductHttp, how: Sending): Promise<ProductAnswer>;
  /** Whether the answer is a success: products answer 200 to both. */
  succeeded(answer: ProductAnswer): boolean | Promise<boolean>;
  /** The headers to send from then on, by the answer; undefined or empty values are no credentials. */
  headers(answer: ProductAnswer): Promise<Readonly<Record<string, string | undefined>>>;
  /** How long a session lasts without a request; null: until the product says otherwise. */
  readonly lifetimeMs: number | null;
}

/**
 * A session by login: begun when it is first needed, after `lifetimeMs` without a request, and once more when the product
 * answered 401. A login that is refused is ConnectorError `auth`.
 */
export function createLoginSession(baseUrl: string, login: Login, deps: SignInDeps): ProductSession {
  const http = createSignInHttp(baseUrl, deps);
  return createFetchedCredentials(async ({ signal, urgent, patience }) => {
    const answer = await asSignIn(deps, login.send(http, { signal, urgent, patience }));
    if (!(await login.succeeded(answer))) throw refusedSignIn(deps, "the answer says so");
    const headers = complete(await login.headers(answer));
    if (headers === null) throw oddSignIn(deps, "it does not hold what later requests need");
    return { headers, lifetimeMs: login.lifetimeMs, isSliding: true };
  }, deps.clock);
}

function complete(headers: Readonly<Record<string, string | undefined>>): CredentialHeaders | null {
  const sendable = Object.entries(headers).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && isSendable(entry[1]),
  );
  return sendable.length === Object.keys(headers).length && sendable.length > 0 ? Object.fromEntries(sendable) : null;
}
