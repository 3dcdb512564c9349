const PLAIN = /^[ -~]*$/;

/**
 * The form in which e-mail addresses are compared, everywhere: NFC, without case, without spaces around it or a dot at its
 * end. Look-alikes and plus-addresses stay apart. For an address without such spaces and dots it is the form in which the
 * store searches names and e-mails.
 */
export function emailKey(email: string): string {
  const bare = email.trim();
  let end = bare.length;
  while (/[\s.]/u.test(bare.charAt(end - 1))) end -= 1;
  const address = bare.slice(0, end);
  // Most addresses are plain, and a normalisation costs twice as much as a look.
  if (PLAIN.test(address)) return address.toLowerCase();
  return address.normalize("NFC").toLowerCase().replaceAll("ς", "σ");
}
