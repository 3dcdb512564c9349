import { createHash } from "node:crypto";
import { z } from "zod";
import type { Instant } from "../domain/brand.ts";
import { ExpiredCursorError, InvalidCursorError } from "../domain/errors.ts";
import { CURRENT_CAPABILITIES } from "../scim/discovery.ts";
import { MAX_RESULTS } from "../scim/message.ts";

/** Where a list goes on (RFC 9865): all that is known of it goes to the client and comes back. */
export interface Cursor {
  /** The store's own word for the place. */
  readonly position: string;
  readonly issuedAt: Instant;
  /** Resources per page, as on the first. */
  readonly count: number;
  /** What was asked, by `questionOf`: a cursor is good for no other question. */
  readonly question: string;
}

/** Seconds, as the service provider configuration tells it. */
const TIMEOUT = CURRENT_CAPABILITIES.pagination.cursorTimeout;

const CONTENT = z.tuple([z.string(), z.iso.datetime(), z.int().min(0).max(MAX_RESULTS), z.string()]);

/** A short digest of a question: the directory, the endpoint, and the texts of filter, order and direction. */
export function questionOf(parts: readonly (string | null)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 16);
}

/** The text of a cursor; safe in a URL. */
export function sealCursor({ position, issuedAt, count, question }: Cursor): string {
  return Buffer.from(JSON.stringify([position, issuedAt, count, question])).toString("base64url");
}

/**
 * Reads a cursor. Throws InvalidCursorError for what is none, or belongs to another question, and ExpiredCursorError for
 * one that was given out too long ago. It is not signed: whoever forges one reaches nothing that the question would not.
 */
export function openCursor(text: string, question: string, now: Instant): Cursor {
  const { success, data } = CONTENT.safeParse(contentOf(text));
  if (!success) throw new InvalidCursorError("The cursor is none of this server.");
  const [position, issued, count, asked] = data;
  if (asked !== question) {
    throw new InvalidCursorError(
      "The cursor belongs to another list: filter and order must stay as on its first page.",
    );
  }
  if (Date.parse(now) - Date.parse(issued) > TIMEOUT * 1000) {
    throw new ExpiredCursorError(`The cursor is older than ${TIMEOUT} s: begin the list again.`);
  }
  return { position, issuedAt: issued as Instant, count, question };
}

function contentOf(text: string): unknown {
  const bytes = Buffer.from(text, "base64url");
  // The decoder passes over what is no base64url.
  if (bytes.toString("base64url") !== text) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
