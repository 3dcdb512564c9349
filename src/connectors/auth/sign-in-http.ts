import { ConnectorError } from "../../domain/errors.ts";
import type { Clock } from "../../ports/ambient.ts";
import { createProductHttp } from "../http.ts";
import type { ProductAnswer, ProductCall, ProductHttp } from "../http.ts";

/** What a sign-in needs beside its request. */
export interface SignInDeps {
  /** Named in messages. */
  readonly product: string;
  readonly clock: Clock;
  readonly onCall?: ((call: ProductCall) => void) | undefined;
  readonly requestTimeoutMs?: number | undefined;
  /** The setting that holds the credentials, for whoever has to mend them. */
  readonly credentialSetting: string;
}

/** Answers to a login are short. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** Speaks to where people sign in, which may be another server than the product's. */
export function createSignInHttp(baseUrl: string, deps: SignInDeps): ProductHttp {
  return createProductHttp({ ...deps, baseUrl, headers: {}, maxResponseBytes: MAX_ANSWER_BYTES });
}

/** The sign-in was refused: nothing else will help before people mend it. */
export function refusedSignIn({ product, credentialSetting }: SignInDeps, detail: string): ConnectorError {
  return new ConnectorError("auth", `${product} refused the sign-in: ${detail}. Check ${credentialSetting}.`);
}

/** The answer to a sign-in cannot be used, so that nobody knows whether the credentials are right. */
export function oddSignIn({ product }: SignInDeps, detail: string): ConnectorError {
  return new ConnectorError("unavailable", `${product} answered the sign-in in a way that we do not know: ${detail}`);
}

/**
 * The answer to a sign-in. One that the other side does not take, or does not know, cannot get better by itself: that is
 * `auth`, since `missing` would say that some person or group is not there.
 */
export async function asSignIn(deps: SignInDeps, answer: Promise<ProductAnswer>): Promise<ProductAnswer> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.retryable || error.reason === "auth") throw error;
    throw new ConnectorError("auth", `${error.message}. Check ${deps.credentialSetting}.`, { cause: error });
  }
}
