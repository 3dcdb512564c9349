/**
 * The order of two texts by code point, which is also the order of their UTF-8 bytes, and so that of the database.
 * JavaScript's own `<` puts U+1F600 before U+FFFD, since it looks at halves of characters. Negative, zero or positive.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const [one, other] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (one !== other) return rank(one) - rank(other);
  }
  return a.length - b.length;
}

/** Halves of a character beyond U+FFFF sort behind everything else. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
