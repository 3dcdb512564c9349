import type { Condition } from "../../domain/alert.ts";
import type { Instant } from "../../domain/brand.ts";
import { addMs, msBetween } from "../../domain/instant.ts";
import type { TokenRecord } from "../../ports/tokens.ts";

/** What a token is judged by. */
export type TokenFacts = Pick<
  TokenRecord,
  "id" | "scope" | "directory" | "createdAt" | "expiresAt" | "revokedAt" | "lastUsedAt" | "replacedBy"
>;

const DAY_MS = 24 * 60 * 60_000;
/** Days before its end at which a token is told of; each counts only for tokens that live more than twice as long. */
const THRESHOLDS = [30, 7, 1] as const;
/** Nobody needs to hear for ever of a token that is over: whoever used it has got over it. */
const FORGOTTEN_AFTER_MS = 30 * DAY_MS;

/**
 * Tokens that are about to expire, or have, while somebody uses them. A warning for each of 30, 7 and 1 days, and the end. A
 * token that was rotated ends as it was meant to; it is told of when it has ended and nobody uses its successor.
 */
export function tokenConditions(tokens: readonly TokenFacts[], now: Instant): readonly Condition[] {
  return tokens.flatMap((token) => conditionOf(token, tokens, now) ?? []);
}

function conditionOf(token: TokenFacts, all: readonly TokenFacts[], now: Instant): Condition | null {
  const { id, expiresAt, revokedAt } = token;
  if (expiresAt === null || revokedAt !== null) return null;
  if (token.replacedBy !== null) return forsaken(token, expiresAt, all, now);
  const stages = THRESHOLDS.filter((days) => msBetween(token.createdAt, expiresAt) > 2 * days * DAY_MS);
  // Made for an afternoon: its end is what was meant.
  if (stages.length === 0) return null;
  const leftMs = msBetween(now, expiresAt);
  const passed = stages.filter((days) => leftMs <= days * DAY_MS).length;
  if (passed === 0 || leftMs < -FORGOTTEN_AFTER_MS || wasReplaced(token, all, now)) return null;
  return {
    key: `token:${id}`,
    topic: "token",
    ...(leftMs <= 0 ? expired(token, expiresAt) : expiring(token, expiresAt, leftMs)),
    // The thresholds that this token was too short-lived for count as passed: the same number of days is the same stage.
    stage: leftMs <= 0 ? THRESHOLDS.length + 1 : passed + THRESHOLDS.length - stages.length,
    size: 1,
    lastsMs: 0,
  };
}

/** Its successor was never used, but it was, after it had one: whoever used it does not know yet. */
function forsaken(token: TokenFacts, expiresAt: Instant, all: readonly TokenFacts[], now: Instant): Condition | null {
  const overMs = msBetween(expiresAt, now);
  const successor = all.find(({ id }) => id === token.replacedBy);
  if (overMs < 0 || overMs > FORGOTTEN_AFTER_MS || successor?.lastUsedAt !== null) return null;
  if (token.lastUsedAt === null || successor.revokedAt !== null) return null;
  return {
    key: `token:${token.id}`,
    topic: "token",
    severity: "critical",
    title: `Token ${token.id} of ${ownerOf(token)} has ended, and its successor is not used`,
    text: `It was rotated and good until ${expiresAt}: whoever still uses it is turned away. Give them ${successor.id}, which was shown when it was made, or rotate that one with \`rosterbridge token rotate ${successor.id}\` to be shown another.`,
    counts: { daysLeft: 0 },
    stage: THRESHOLDS.length + 1,
    size: 1,
    lastsMs: 0,
  };
}

type Told = Pick<Condition, "severity" | "title" | "text" | "counts">;

function expired(token: TokenFacts, expiresAt: Instant): Told {
  return {
    severity: "critical",
    title: `Token ${token.id} of ${ownerOf(token)} has expired`,
    text: `It was good until ${expiresAt}: whoever uses it is turned away. ${remedy(token)}`,
    counts: { daysLeft: 0 },
  };
}

function expiring(token: TokenFacts, expiresAt: Instant, leftMs: number): Told {
  const days = Math.ceil(leftMs / DAY_MS);
  return {
    severity: days <= 1 ? "critical" : "warning",
    title: `Token ${token.id} of ${ownerOf(token)} expires ${days <= 1 ? "within a day" : `in ${days} days`}`,
    text: `It is good until ${expiresAt}. ${remedy(token)}`,
    counts: { daysLeft: days },
  };
}

function ownerOf({ directory, scope }: TokenFacts): string {
  return directory === null ? `scope ${scope}` : `directory ${directory}`;
}

function remedy({ id }: TokenFacts): string {
  return `Make its successor with \`rosterbridge token rotate ${id} --overlap 24h\`, and give that to whoever uses this one before the overlap is over.`;
}

/** Another token for the same has been in use for a day since this one was used last. */
function wasReplaced(token: TokenFacts, all: readonly TokenFacts[], now: Instant): boolean {
  const lastUse = token.lastUsedAt ?? token.createdAt;
  return all.some(
    (other) =>
      other.id !== token.id &&
      other.scope === token.scope &&
      other.directory === token.directory &&
      other.revokedAt === null &&
      (other.expiresAt === null || other.expiresAt > now) &&
      other.lastUsedAt !== null &&
      other.lastUsedAt > addMs(lastUse, DAY_MS),
  );
}
