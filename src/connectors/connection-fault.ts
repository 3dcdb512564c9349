type Words = (host: string) => string;

const UNKNOWN_NAME: Words = (host) => `the name ${host} cannot be looked up`;
const BROKEN_OFF: Words = (host) => `${host} broke the connection off`;
const NO_WAY: Words = (host) => `there is no way from here to ${host}`;
const UNTRUSTED: Words = (host) => `the certificate of ${host} is not trusted here`;

/** By the codes of Node's network and TLS errors. */
const WORDS: ReadonlyMap<string, Words> = new Map([
  ["ECONNREFUSED", (host) => `nothing listens at ${host}`],
  ["ENOTFOUND", UNKNOWN_NAME],
  ["EAI_AGAIN", UNKNOWN_NAME],
  ["ETIMEDOUT", (host) => `${host} took too long`],
  ["ECONNRESET", BROKEN_OFF],
  ["EPIPE", BROKEN_OFF],
  ["EHOSTUNREACH", NO_WAY],
  ["ENETUNREACH", NO_WAY],
  ["EPROTO", (host) => `${host} does not speak TLS as is asked of it`],
  ["CERT_HAS_EXPIRED", (host) => `the certificate of ${host} has expired`],
  ["ERR_TLS_CERT_ALTNAME_INVALID", (host) => `the certificate of ${host} is for another name`],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", UNTRUSTED],
  ["SELF_SIGNED_CERT_IN_CHAIN", UNTRUSTED],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", UNTRUSTED],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", UNTRUSTED],
]);

/**
 * Why a request brought no answer, for whoever has to put it right: where it went, what came of it, and the code in
 * brackets, which is what people search for. Of `baseUrl` only host and port are shown.
 */
export function connectionFault(code: string, baseUrl: string): string {
  const words = WORDS.get(code);
  return words === undefined ? code : `${words(new URL(baseUrl).host)} (${code})`;
}
