/** Credentials that stay: headers of every request. */
export type CredentialHeaders = Readonly<Record<string, string>>;

/** `Authorization: Bearer` (RFC 6750 section 2.1). Throws Error with a sentence for people when it cannot be sent. */
export function bearer(token: string): CredentialHeaders {
  return { authorization: `Bearer ${sendable(token, "the token")}` };
}

/** `Authorization: Basic` in UTF-8 (RFC 7617). Throws Error with a sentence for people when it cannot be sent. */
export function basic(username: string, password: string): CredentialHeaders {
  if (username.includes(":")) throw new Error("A user name with a colon cannot be sent by basic authentication.");
  if (/\p{Cc}/u.test(username + password)) {
    throw new Error("A user name or password with a control character cannot be sent by basic authentication.");
  }
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}` };
}

/** Keys in headers of the product's own, by name. Throws Error with a sentence for people when one cannot be sent. */
export function apiKeys(keys: Readonly<Record<string, string>>): CredentialHeaders {
  return Object.fromEntries(
    Object.entries(keys).map(([name, value]) => {
      if (!/^[\w-]{1,64}$/.test(name)) throw new Error("The name of a header may hold letters, digits, - and _ only.");
      return [name.toLowerCase(), sendable(value, `the value of the header ${name}`)];
    }),
  );
}

/** A value that a header can carry (RFC 9110 section 5.5), without the spaces that copying brings along. */
export function isSendable(value: string): boolean {
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value);
}

function sendable(value: string, what: string): string {
  if (isSendable(value)) return value;
  throw new Error(`${what.charAt(0).toUpperCase()}${what.slice(1)} is empty, or holds characters that cannot be sent.`);
}
