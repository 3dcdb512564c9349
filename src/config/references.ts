import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonObject, JsonValue } from "../domain/json.ts";
import type { ConfigProblem } from "../domain/errors.ts";
import { formatPath } from "../lib/json-path.ts";
import type { Path } from "../lib/json-path.ts";

/** Where the values come from that the configuration only points to. */
export interface ReferenceSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Text of a file; throws an error with a `code` such as `ENOENT`. Relative names are relative to the configuration. */
  readFile(name: string): string;
}

/** A configuration in which every reference was replaced by its value. */
export interface Resolved {
  readonly value: JsonValue;
  /** Paths (as `formatPath` writes them) of the values that came from outside: secrets, as far as we know. */
  readonly references: ReadonlySet<string>;
  readonly problems: readonly ConfigProblem[];
}

/** The mapping is a document of its own, in which `{"env": "Engineering"}` is a department and not a variable. */
const VERBATIM = "mapping.initial";

type Reference = { readonly kind: "env" | "file"; readonly name: string };

function asReference(value: JsonObject): Reference | null {
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0) return null;
  const [kind, name] = entry;
  return (kind === "env" || kind === "file") && typeof name === "string" ? { kind, name } : null;
}

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unreadable";
}

/** The value behind a reference, or the sentence that says why there is none. */
function read(
  { kind, name }: Reference,
  sources: ReferenceSources,
): { readonly text: string } | { readonly fault: string } {
  if (name === "") return { fault: `names no ${kind === "env" ? "environment variable" : "file"}` };
  if (kind === "env") {
    const text = Object.hasOwn(sources.environment, name) ? sources.environment[name] : undefined;
    if (text === undefined) return { fault: `environment variable ${name} is not set` };
    return text === "" ? { fault: `environment variable ${name} is empty` } : { text };
  }
  try {
    const text = sources.readFile(name).replace(/[\r\n]+$/, "");
    return text === "" ? { fault: `file ${name} is empty` } : { text };
  } catch (error) {
    return { fault: `file ${name} cannot be read (${errorCode(error)})` };
  }
}

/**
 * Replaces `{"env": "NAME"}` and `{"file": "/run/secrets/x"}` by what they point to, anywhere but inside
 * `mapping.initial`. Line ends at the end of a file are cut off. What cannot be had, or is empty, becomes a problem and
 * stays in place as an empty string. Copies; never changes its argument.
 */
export function resolveReferences(document: JsonValue, sources: ReferenceSources): Resolved {
  const references = new Set<string>();
  const problems: ConfigProblem[] = [];

  function resolve(value: JsonValue, path: Path): JsonValue {
    if (isJsonArray(value)) return value.map((element, index) => resolve(element, [...path, index]));
    if (!isJsonObject(value) || formatPath(path) === VERBATIM) return value;
    const reference = asReference(value);
    if (reference === null) {
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, inner === undefined ? null : resolve(inner, [...path, key])]),
      );
    }
    const where = formatPath(path);
    references.add(where);
    const found = read(reference, sources);
    if ("text" in found) return found.text;
    problems.push({ path: where, message: found.fault });
    return "";
  }

  return { value: resolve(document, []), references, problems };
}
