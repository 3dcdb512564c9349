import test from "ava";
import { apiKeys, basic, bearer } from "../../../src/connectors/auth/fixed-credentials.ts";

test("credentials become headers", (t) => {
  t.deepEqual(bearer("abc.def-123"), { authorization: "Bearer abc.def-123" });
  // The example of RFC 7617 section 2.1.
  t.deepEqual(basic("test", "123£"), { authorization: "Basic dGVzdDoxMjPCow==" });
  t.deepEqual(basic("Aladdin", "open sesame"), { authorization: "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" });
  t.deepEqual(apiKeys({ "X-Cal-Client-Id": "a", "x-cal-secret-key": "b c" }), {
    "x-cal-client-id": "a",
    "x-cal-secret-key": "b c",
  });
});

const bad: readonly (readonly [string, () => unknown, RegExp])[] = [
  ["an empty token", () => bearer(""), /^The token is empty/],
  ["a token with its line end", () => bearer("secret\n"), /^The token is empty, or holds characters/],
  ["a token with a space behind it", () => bearer("secret "), /^The token/],
  ["a token with letters that no header takes", () => bearer("secrét"), /^The token/],
  ["a user name with a colon", () => basic("secret:a", "b"), /^A user name with a colon/],
  ["a password with a line end", () => basic("a", "secret\r\nx: y"), /control character/],
  ["a key with a line end", () => apiKeys({ "x-key": "secret\r\nx: y" }), /^The value of the header x-key/],
  ["a header that is none", () => apiKeys({ "x key": "secret" }), /^The name of a header/],
];
for (const [what, make, message] of bad) {
  test(`${what} is refused in words that do not show it`, (t) => {
    const error = t.throws(make, { message });
    t.notRegex(error.message, /secr/);
  });
}
