import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryId } from "../domain/directory.ts";
import { UnauthenticatedError, UnknownSubjectError } from "../domain/errors.ts";
import type { Clock } from "../ports/ambient.ts";
import type { AuditEvent } from "../ports/directory-tx.ts";
import type { TokenEnd, TokenRecord, Tokens, TokenScope } from "../ports/tokens.ts";
import { addMs, msBetween } from "../domain/instant.ts";

const SHAPE = /^rb_([0-9a-f]{10})_([A-Za-z0-9_-]{43})_([0-9a-f]{8})$/;
const TOUCH_EVERY_MS = 60_000;

/** Who is calling: the token's id and what it may do. `directory` is set exactly when the scope is `scim`. */
export interface Caller {
  readonly token: string;
  readonly scope: TokenScope;
  readonly directory: DirectoryId | null;
}

/** A token to be made. `expiresInMs` null: it does not expire. */
export interface TokenRequest {
  readonly scope: TokenScope;
  readonly directory: DirectoryId | null;
  readonly expiresInMs: number | null;
  readonly author: string;
}

/** How a token is to be replaced by another for the same. */
export interface Rotation {
  /** How long the old one is still good; 0: it ends at once. */
  readonly overlapMs: number;
  /** Null: it does not expire. Undefined: it is good for as long as the old one was meant to be. */
  readonly expiresInMs: number | null | undefined;
  readonly author: string;
}

/** A token, which is kept nowhere, its record, and that of the token whose place it took. */
export interface RotatedToken {
  readonly token: string;
  readonly record: TokenRecord;
  /** `expiresAt` or `revokedAt` say when it ends. */
  readonly previous: TokenRecord;
}

/** Tokens as use cases: `rb_<id>_<43 characters>_<checksum>`, 256 random bits, kept as SHA-256, shown once. */
export interface TokenOffice {
  /** Returns the token itself, which is kept nowhere, and its record. */
  create(request: TokenRequest): Promise<{ readonly token: string; readonly record: TokenRecord }>;
  /**
   * Makes a token with the same scope and directory, and ends this one, as one unit. Throws UnknownSubjectError when there is
   * no such token, or it was revoked or rotated before.
   */
  rotate(id: string, rotation: Rotation): Promise<RotatedToken>;
  /** Throws UnknownSubjectError when there is no such token. */
  revoke(id: string, author: string): Promise<void>;
  list(): Promise<readonly TokenRecord[]>;
  /**
   * Takes an `Authorization` header as IdPs send it: with `Bearer`, without, or with it twice.
   * Throws UnauthenticatedError, with one and the same message, for whatever is wrong with it.
   */
  authenticate(header: string | undefined): Promise<Caller>;
}

/** Makes the token use cases over the store's tokens. */
export function createTokenOffice(tokens: Tokens, clock: Clock): TokenOffice {
  return {
    list: () => tokens.list(),
    async create(request) {
      const made = makeToken(request, clock.now());
      await tokens.put(made.record, createdEvent(made.record, request.author));
      return made;
    },
    rotate: (id, rotation) => rotate(tokens, clock.now(), id, rotation),
    async revoke(id, author) {
      await known(tokens, id);
      const at = clock.now();
      await tokens.revoke(id, at, { at, actor: author, action: "token.revoked", subject: id, detail: {} });
    },
    async authenticate(header) {
      const token = header === undefined ? undefined : bareToken(header);
      const id = token === undefined ? undefined : openToken(token);
      const record = token === undefined || id === undefined ? undefined : await tokens.get(id);
      if (token === undefined || record === undefined || !isValid(record, token, clock.now())) {
        throw new UnauthenticatedError("The bearer token is missing, wrong, expired or revoked.");
      }
      await touch(tokens, record, clock.now());
      return { token: record.id, scope: record.scope, directory: record.directory };
    },
  };
}

interface MadeToken {
  readonly token: string;
  readonly record: TokenRecord;
}

function makeToken({ scope, directory, expiresInMs }: Omit<TokenRequest, "author">, createdAt: Instant): MadeToken {
  const id = randomBytes(5).toString("hex");
  const token = sealToken(id, randomBytes(32).toString("base64url"));
  const expiresAt = expiresInMs === null ? null : addMs(createdAt, expiresInMs);
  const open = { revokedAt: null, lastUsedAt: null, replacedBy: null };
  return { token, record: { id, scope, directory, hash: hashToken(token), createdAt, expiresAt, ...open } };
}

function createdEvent({ id, scope, directory, createdAt, expiresAt }: TokenRecord, actor: string): AuditEvent {
  return { at: createdAt, actor, action: "token.created", subject: id, detail: { scope, directory, expiresAt } };
}

async function rotate(tokens: Tokens, now: Instant, id: string, rotation: Rotation): Promise<RotatedToken> {
  const { overlapMs, author } = rotation;
  const old = await known(tokens, id);
  if (old.revokedAt !== null) throw new UnknownSubjectError(`The token ${id} was revoked: make another one instead.`);
  if (old.replacedBy !== null) {
    throw new UnknownSubjectError(`The token ${id} was rotated before: its successor is ${old.replacedBy}.`);
  }
  const expiresInMs = rotation.expiresInMs === undefined ? lifetimeOf(old) : rotation.expiresInMs;
  const made = makeToken({ scope: old.scope, directory: old.directory, expiresInMs }, now);
  const overlapEnd = addMs(now, overlapMs);
  const end: TokenEnd =
    overlapMs === 0
      ? { revokedAt: now }
      : { expiresAt: old.expiresAt !== null && old.expiresAt < overlapEnd ? old.expiresAt : overlapEnd };
  const detail = { successor: made.record.id, endsAt: "revokedAt" in end ? end.revokedAt : end.expiresAt };
  const rotated: AuditEvent = { at: now, actor: author, action: "token.rotated", subject: id, detail };
  await tokens.replace(id, end, made.record, [createdEvent(made.record, author), rotated]);
  return { ...made, previous: { ...old, ...end, replacedBy: made.record.id } };
}

function lifetimeOf({ createdAt, expiresAt }: TokenRecord): number | null {
  return expiresAt === null ? null : msBetween(createdAt, expiresAt);
}

async function known(tokens: Tokens, id: string): Promise<TokenRecord> {
  const record = await tokens.get(id);
  if (record !== undefined) return record;
  throw new UnknownSubjectError(`There is no token with the id ${id}: \`token list\` shows them.`);
}

function sealToken(id: string, secret: string): string {
  const body = `rb_${id}_${secret}`;
  return `${body}_${checksum(body)}`;
}

/** The id inside a token whose shape and checksum are right, so that a mistyped one costs no look-up. */
function openToken(token: string): string | undefined {
  const match = SHAPE.exec(token);
  const id = match?.[1];
  const sum = match?.[3];
  return id !== undefined && checksum(token.slice(0, -9)) === sum ? id : undefined;
}

function checksum(body: string): string {
  return createHash("sha256").update(`checksum:${body}`).digest("hex").slice(0, 8);
}

function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Okta adds `Bearer` by itself, so that an admin who typed it too sends it twice; others send the bare token. */
function bareToken(header: string): string | undefined {
  if (header.length > 1024) return undefined;
  const words = header.trim().split(/\s+/);
  return words.slice(0, -1).every((word) => word.toLowerCase() === "bearer") ? words.at(-1) : undefined;
}

function isValid(record: TokenRecord, token: string, now: Instant): boolean {
  const isSame = timingSafeEqual(Buffer.from(hashToken(token), "hex"), Buffer.from(record.hash, "hex"));
  return isSame && record.revokedAt === null && (record.expiresAt === null || record.expiresAt > now);
}

async function touch(tokens: Tokens, record: TokenRecord, now: Instant): Promise<void> {
  const isFresh = record.lastUsedAt !== null && addMs(record.lastUsedAt, TOUCH_EVERY_MS) > now;
  // A courtesy: a store that cannot be written must not keep anybody from asking why.
  if (!isFresh) await tokens.touch(record.id, now).catch(() => undefined);
}
