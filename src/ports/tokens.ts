import type { Instant } from "../domain/brand.ts";
import type { DirectoryId } from "../domain/directory.ts";
import type { AuditEvent } from "./directory-tx.ts";

/** What may be done with a token: push SCIM into one directory, administer, read, or see health details. */
export type TokenScope = "scim" | "admin" | "read" | "health";

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
}

/** Who may call. */
export interface Tokens {
  put(token: TokenRecord, audit: AuditEvent): Promise<void>;
  get(id: string): Promise<TokenRecord | undefined>;
  /** Oldest first. */
  list(): Promise<readonly TokenRecord[]>;
  revoke(id: string, at: Instant, audit: AuditEvent): Promise<void>;
  touch(id: string, at: Instant): Promise<void>;
}
