import type { JsonObject, JsonValue } from "../domain/json.ts";
import { ownEntries } from "./own-property.ts";

/** The attributes of a resource, or of one extension, while a PATCH changes them; each change takes the same short time. */
export interface AttributeDraft {
  get(name: string): JsonValue | undefined;
  /** Undefined takes the attribute out. */
  set(name: string, value: JsonValue | undefined): void;
  /** The name that equals this one without case, the exact one first; the name itself where there is none. */
  spelling(name: string): string;
  toObject(): JsonObject;
}

/** Begins with what an object holds, and never changes the object. */
export function draftAttributes(object: JsonObject): AttributeDraft {
  const values = new Map<string, JsonValue>(ownEntries(object));
  const spellings = Map.groupBy(values.keys(), (name) => name.toLowerCase());
  return {
    get: (name) => values.get(name),
    set: (name, value) => {
      const folded = name.toLowerCase();
      const others = (spellings.get(folded) ?? []).filter((other) => other !== name);
      spellings.set(folded, value === undefined ? others : [...others, name]);
      if (value === undefined) values.delete(name);
      else values.set(name, value);
    },
    spelling: (name) => (values.has(name) ? name : (spellings.get(name.toLowerCase())?.[0] ?? name)),
    toObject: () => Object.fromEntries(values),
  };
}
