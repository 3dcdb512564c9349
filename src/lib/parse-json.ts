/** Why a text is not JSON that we take. */
export type JsonFault = "not-json" | "too-deep" | "nul";

/** A text was refused before or while it was parsed. The message quotes nothing of it. */
export class JsonTextError extends Error {
  readonly code = "json.refused";
  readonly fault: JsonFault;
  constructor(fault: JsonFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "JsonTextError";
    this.fault = fault;
  }
}

/** How deep arrays and objects may nest unless a caller says otherwise. */
const DEFAULT_MAX_DEPTH = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACKET = 0x5d;
const CLOSE_BRACE = 0x7d;

/**
 * Parses JSON (RFC 8259) whose arrays and objects nest at most `maxDepth` levels. JSON.parse itself survives any depth,
 * but the recursion of whoever reads its answer does not, so the depth is checked first, in one pass over the text.
 * NUL is refused, written as such or as an escape: SQLite ends texts there and PostgreSQL cannot hold it.
 * A `__proto__` key becomes an ordinary own property. Throws JsonTextError.
 */
export function parseJson(text: string, maxDepth: number = DEFAULT_MAX_DEPTH): unknown {
  scan(text, maxDepth);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold personal data.
    throw new JsonTextError("not-json", "not valid JSON");
  }
}

function scan(text: string, maxDepth: number): void {
  if (text.includes("\0")) throw nul();
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = endOfString(text, at);
    else if (unit === OPEN_BRACKET || unit === OPEN_BRACE) {
      if (++depth > maxDepth) throw new JsonTextError("too-deep", `JSON is nested deeper than ${maxDepth} levels`);
    } else if (unit === CLOSE_BRACKET || unit === CLOSE_BRACE) depth--;
  }
}

/** Index of the quote that ends the string begun at `start`, or the length of the text when there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) return at;
    if (unit === BACKSLASH) {
      if (text.startsWith("u0000", at + 1)) throw nul();
      at++;
    }
  }
  return text.length;
}

function nul(): JsonTextError {
  return new JsonTextError("nul", "JSON holds a NUL character");
}
