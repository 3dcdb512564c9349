import test from "ava";
import { connectionFault } from "../../src/connectors/connection-fault.ts";

const CASES: readonly (readonly [code: string, words: string])[] = [
  ["ECONNREFUSED", "nothing listens at product.example:8443 (ECONNREFUSED)"],
  ["ENOTFOUND", "the name product.example:8443 cannot be looked up (ENOTFOUND)"],
  ["ETIMEDOUT", "product.example:8443 took too long (ETIMEDOUT)"],
  [
    "SELF_SIGNED_CERT_IN_CHAIN",
    "the certificate of product.example:8443 is not trusted here (SELF_SIGNED_CERT_IN_CHAIN)",
  ],
  ["HPE_INVALID_CONSTANT", "HPE_INVALID_CONSTANT"],
];

for (const [code, words] of CASES) {
  test(`${code} is told in words, with the place and without what else the address holds`, (t) => {
    t.is(connectionFault(code, "https://user:secret@product.example:8443/scim/v2?key=secret"), words);
  });
}
