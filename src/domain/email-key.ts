const PLAIN = /^[ -~]*$/;

/**
 * The form in which e-mail addresses are compared, everywhere: NFC, without case, without spaces around it or a dot at its
 * end. Look-alikes and plus-addresses stay apart. For an address without such spaces and dots it is the form in which the
 * store searches names and e-mails.
 */
export function emailKey(email: string): string {
  const bare = email.trim();
  const address = bare.endsWith(".") ? withoutDots(bare) : bare;
  // Most addresses are plain, and a normalisation costs twice as much as a look.
  if (PLAIN.test(address)) return address.toLowerCase();
  return address.normalize("NFC").toLowerCase().replaceAll("ς", "σ");
}

function withoutDots(address: string): string {
  let end = address.length;
  while (/[\s.]/u.test(address.charAt(end - 1))) end -= 1;
  return address.slice(0, end);
}
