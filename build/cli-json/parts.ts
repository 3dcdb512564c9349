import { z } from "zod";
import { formatOf, type DocumentName } from "../../src/cli/json-document.ts";

/** One way in which a command prints JSON. */
export interface Shape {
  /** As it is typed. */
  readonly command: string;
  /** One document, a list, or a document on each line. */
  readonly as: "document" | "list" | "lines";
  readonly about: string;
  readonly schema: z.ZodType;
}

/** A time, RFC 3339, UTC. */
export const time = (about: string) => z.iso.datetime().describe(about);
/** A text. */
export const text = (about: string) => z.string().describe(about);
/** A whole number, not below 0. */
export const count = (about: string) => z.int().min(0).describe(about);
/** True or false. */
export const flag = (about: string) => z.boolean().describe(about);
/** Parts whose fields may grow. */
export const open = (about: string) => z.looseObject({}).describe(about);
/** Whole numbers by name. */
export const counts = (about: string) => z.record(z.string(), z.int().min(0)).describe(about);
/** The first field of a document. */
export const format = (name: DocumentName) => z.literal(formatOf(name)).describe("name and version of this document");
/** Who. */
export const userId = text("id of a person, as the bridge gave it");
/** A place in the audit chain. */
export const chainPoint = (about: string) =>
  z.strictObject({ sequence: count("place in the chain, from 1"), hash: text("SHA-256, hexadecimal") }).describe(about);
/** Somebody who waits for a seat. */
export const waiting = z.strictObject({
  user: userId,
  label: text("their e-mail"),
  seat: text("name of the pool"),
  place: count("in the queue, from 1"),
  reason: text("in a sentence"),
});
