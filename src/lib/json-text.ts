/** Where a text stops being the JSON we take, and why; line and column count from 1. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const SPACE = /[ \t\r\n]{1,1000}/y;
/** A piece of a string: one pattern for the whole runs out of stack where it has millions of characters. */
const PIECE = /(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})){1,1000}/y;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y;
const MAX_DEPTH = 64;

class Stop extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** Walks over one JSON text, builds nothing, and throws Stop at the first thing that may not stand where it stands. */
class Walker {
  readonly #text: string;
  #at = 0;
  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#value(0);
    this.#skip();
    if (this.#at < this.#text.length) this.#stop("nothing may follow the end of the value");
  }

  #value(depth: number): void {
    this.#skip();
    if (depth > MAX_DEPTH) this.#stop(`nested more than ${MAX_DEPTH} levels deep`);
    if (this.#take("{")) {
      const keys = new Set<string>();
      this.#list("}", () => this.#member(depth, keys));
    } else if (this.#take("[")) {
      this.#list("]", () => this.#value(depth + 1));
    } else if (this.#string() === "" && this.#match(SCALAR) === "") {
      this.#stop(
        this.#next() === '"'
          ? "a string that does not end, or a character in it that needs escaping"
          : "expected a value",
      );
    }
  }

  /** A key that stands twice is legal JSON, but one of the two settings would be lost without a word. */
  #member(depth: number, keys: Set<string>): void {
    const start = this.#at;
    const key = this.#string();
    if (key === "") this.#stop("expected a key in double quotes");
    if (keys.has(key)) this.#stop(`the key ${shown(key)} stands here for the second time`, start);
    keys.add(key);
    this.#skip();
    if (!this.#take(":")) this.#stop(`expected ":" after the key ${shown(key)}`);
    this.#value(depth + 1);
  }

  #list(close: "}" | "]", item: () => void): void {
    this.#skip();
    if (this.#take(close)) return;
    for (;;) {
      item();
      this.#skip();
      if (this.#take(close)) return;
      const comma = this.#at;
      if (!this.#take(",")) this.#stop(`expected "," or "${close}"`);
      this.#skip();
      if (this.#next() === close) this.#stop(`a comma before "${close}" is not JSON: remove it`, comma);
    }
  }

  #next(): string | undefined {
    return this.#text[this.#at];
  }

  #skip(): void {
    while (this.#match(SPACE) !== "");
  }

  /** With its quotes; empty, and nothing read, where no string stands. */
  #string(): string {
    const start = this.#at;
    if (!this.#take('"')) return "";
    while (this.#match(PIECE) !== "");
    if (this.#take('"')) return this.#text.slice(start, this.#at);
    this.#at = start;
    return "";
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #take(character: string): boolean {
    if (this.#next() !== character) return false;
    this.#at += 1;
    return true;
  }

  #stop(message: string, at = this.#at): never {
    const comment = this.#text.startsWith("//", at) || this.#text.startsWith("/*", at);
    if (at >= this.#text.length) throw new Stop(at, "the file ends too early");
    throw new Stop(at, comment ? "comments are not JSON: remove them" : message);
  }
}

/** A message is to be read. */
function shown(key: string): string {
  return key.length > 100 ? `${key.slice(0, 100)}…` : key;
}

/**
 * The first place where `text` is not JSON (RFC 8259) or repeats a key; null when all is well. It says where, which
 * `JSON.parse` does not always, and its messages quote keys only, never values: those may be secrets.
 */
export function findJsonFault(text: string): JsonFault | null {
  try {
    new Walker(text).document();
    return null;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    const before = text.slice(0, error.at).split("\n");
    return { line: before.length, column: (before.at(-1) ?? "").length + 1, message: error.message };
  }
}

/** ` at line 3, column 5`, for messages that must not quote the text; empty where no place can be told. */
export function whereNoJson(text: string): string {
  const fault = findJsonFault(text);
  return fault === null ? "" : ` at line ${fault.line}, column ${fault.column}`;
}
