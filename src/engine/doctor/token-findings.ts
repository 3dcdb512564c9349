import type { Instant } from "../../domain/brand.ts";
import type { DirectoryId } from "../../domain/directory.ts";
import { msBetween } from "../../domain/instant.ts";
import type { Finding } from "../../ports/connector.ts";
import type { TokenFacts } from "../alerts/token-conditions.ts";

const DAY_MS = 24 * 60 * 60_000;
const SOON_DAYS = 30;

/** Whether each directory's IdP has a token to push with, and for how long. */
export function tokenFindings(
  directories: readonly DirectoryId[],
  tokens: readonly TokenFacts[],
  now: Instant,
): readonly Finding[] {
  return directories.map((directory) => {
    const own = tokens.filter((token) => token.directory === directory && token.revokedAt === null);
    return findingOf(directory, own, now);
  });
}

function findingOf(directory: DirectoryId, own: readonly TokenFacts[], now: Instant): Finding {
  const subject = `token of ${directory}`;
  const make = `rosterbridge token create --directory ${directory}`;
  const daysLeft = own.map(({ expiresAt }) => (expiresAt === null ? Infinity : msBetween(now, expiresAt) / DAY_MS));
  const most = Math.max(-Infinity, ...daysLeft);
  if (most <= 0) {
    const detail = own.length === 0 ? "There is none: its IdP cannot push." : "All have expired: its IdP cannot push.";
    return { subject, verdict: "warning", detail, remedy: `Make one, and give it to the IdP: ${make}` };
  }
  if (most < SOON_DAYS) {
    const days = Math.floor(most);
    const detail = `The last one expires ${days === 0 ? "within a day" : days === 1 ? "in a day" : `in ${days} days`}.`;
    return { subject, verdict: "warning", detail, remedy: `Make another one before that: ${make}` };
  }
  const isUsed = own.some(({ lastUsedAt }) => lastUsedAt !== null);
  return {
    subject,
    verdict: "good",
    detail: isUsed ? "There is one, and it has been used." : "There is one, not used yet.",
  };
}
