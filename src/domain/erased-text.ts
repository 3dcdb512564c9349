/** What stands where a person's data were. */
export const ERASED = "[erased]";

const LETTERS = /[A-Z]/g;
/** What goes on with a name or an address, before it and behind it: `ana@acme.example` is not in `diana@acme.example`. */
const GOES_ON = /[\p{L}\p{N}_%+-]/u;

/** A text as it is searched for: ASCII letters without case, which is what SQLite's `lower` knows. */
export function searchedText(text: string): string {
  return text.replace(LETTERS, (letter) => letter.toLowerCase());
}

/** A text in which each of these is replaced, whole words only, without the case of ASCII letters. */
export function withoutTexts(text: string, taken: readonly string[]): string {
  // The longest first: a name may be part of an address.
  const longestFirst = taken.filter((one) => one !== "").toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce(withoutText, text);
}

function withoutText(text: string, taken: string): string {
  const searched = searchedText(text);
  const wanted = searchedText(taken);
  const parts: string[] = [];
  let from = 0;
  for (let at = searched.indexOf(wanted); at !== -1; at = searched.indexOf(wanted, at + 1)) {
    if (at < from || !standsAlone(text, at, at + taken.length)) continue;
    parts.push(text.slice(from, at), ERASED);
    from = at + taken.length;
  }
  return parts.length === 0 ? text : [...parts, text.slice(from)].join("");
}

/** A dot before an address goes on with it, one behind it ends a sentence unless more follows. */
function standsAlone(text: string, start: number, end: number): boolean {
  const before = text.charAt(start - 1);
  if (GOES_ON.test(before) || before === ".") return false;
  return !GOES_ON.test(text.charAt(end)) && !(text.charAt(end) === "." && GOES_ON.test(text.charAt(end + 1)));
}
