const PLAIN = /^[ -~]*$/;

/**
 * The form in which texts are equal "without case" (RFC 7643 section 2.2, `caseExact: false`): NFC, lower case, and a
 * sigma at the end of a word like any other, since the beginning of a text must be the beginning of its form. Search
 * columns must hold the same form, or the store finds others than the filter means.
 */
export function foldCase(text: string): string {
  // Most texts are plain, and a normalisation costs twice as much as a look.
  if (PLAIN.test(text)) return text.toLowerCase();
  return text.normalize("NFC").toLowerCase().replaceAll("ς", "σ");
}
