const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const COMBINING = /\p{M}/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

/**
 * Text from outside, made fit for a terminal or a page: control characters (escape sequences with them), direction
 * marks and other invisible characters become the replacement character, so that no name can forge a line.
 */
export function safeText(text: string): string {
  return text.toWellFormed().replace(INVISIBLE, "\ufffd");
}

/** JSON in which every invisible character is escaped; parses to the same value. `indent`: blanks for each level. */
export function safeJson(value: unknown, indent = 0): string {
  // Line ends stand between values only: those within texts are escaped already.
  return JSON.stringify(value, null, indent).replace(INVISIBLE, (character) =>
    character === "\n"
      ? character
      : Array.from(
          { length: character.length },
          (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, "0")}`,
        ).join(""),
  );
}

/** Columns that a terminal gives to a text that `safeText` returned. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (!COMBINING.test(character)) width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** Fills up with spaces to a width in columns; longer text is left as it is. */
export function padText(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - textWidth(text)));
}
