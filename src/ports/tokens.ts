import type { Instant } from "../domain/brand.ts";
import type { DirectoryId } from "../domain/directory.ts";
import type { AuditEvent } from "./directory-tx.ts";

/**
 * What may be done with a token: push SCIM into one directory, administer, read, fetch metrics, or see health details. Only
 * `scim` opens anything of SCIM.
 */
export type TokenScope = "scim" | "admin" | "read" | "metrics" | "health";

/** A token as it is kept: never the token itself. `hash` is SHA-256 of the whole token, in hexadecimal. */
export interface TokenRecord {
  readonly id: string;
  readonly scope: TokenScope;
  /** Set exactly when the scope is `scim`. */
  readonly directory: DirectoryId | null;
  readonly hash: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly revokedAt: Instant | null;
  /** Kept to the minute. */
  readonly lastUsedAt: Instant | null;
  /** The id of the token that took its place; null unless it was rotated. */
  readonly replacedBy: string | null;
}

/** When a token that is rotated ends: at once, or then, unless it would expire sooner by itself. */
export type TokenEnd = { readonly revokedAt: Instant } | { readonly expiresAt: Instant };

/** Who may call. */
export interface Tokens {
  put(token: TokenRecord, audit: AuditEvent): Promise<void>;
  get(id: string): Promise<TokenRecord | undefined>;
  /** Oldest first. */
  list(): Promise<readonly TokenRecord[]>;
  revoke(id: string, at: Instant, audit: AuditEvent): Promise<void>;
  /**
   * Keeps the new token and ends the one it takes the place of, as one unit. Throws UnknownSubjectError, and keeps nothing,
   * when there is no such token, or it was revoked or rotated before.
   */
  replace(id: string, end: TokenEnd, next: TokenRecord, audit: readonly AuditEvent[]): Promise<void>;
  touch(id: string, at: Instant): Promise<void>;
}
