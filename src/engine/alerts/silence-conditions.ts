import type { Condition } from "../../domain/alert.ts";
import type { Instant } from "../../domain/brand.ts";
import { msBetween } from "../../domain/instant.ts";
import type { AlertFacts } from "./alert-facts.ts";

const HOUR_MS = 60 * 60_000;
/** If it was we who were away, an IdP that polls every 40 minutes has come back by then. */
const SILENCE_LASTS_MS = HOUR_MS;

/**
 * Directories that were in contact once, and have not made any request with a good token for so long: one condition for
 * each of the times asked for.
 */
export function silenceConditions({ now, directories, silences, tokens }: AlertFacts): readonly Condition[] {
  return directories.flatMap((directory) => {
    const uses = tokens.flatMap((token) => (token.directory === directory ? (token.lastUsedAt ?? []) : []));
    const last = uses.toSorted().at(-1);
    if (last === undefined) return [];
    const quietMs = msBetween(last, now);
    return silences
      .filter((afterMs) => quietMs > afterMs)
      .map((afterMs) => toCondition(directory, last, quietMs, afterMs));
  });
}

function toCondition(directory: string, last: Instant, quietMs: number, afterMs: number): Condition {
  const hours = Math.floor(quietMs / HOUR_MS);
  return {
    key: `silent-idp:${directory}/${span(afterMs)}`,
    topic: "silent-idp",
    severity: "warning",
    title: `Directory ${directory} has been silent for ${hours} ${hours === 1 ? "hour" : "hours"}`,
    text: `Its last request with a good token came at ${last}. Nothing is removed because of it, but joiners and leavers do not arrive: look at the provisioning log of the IdP, and at \`rosterbridge token list\`.`,
    counts: { hoursSilent: hours },
    size: 1,
    stage: 0,
    lastsMs: SILENCE_LASTS_MS,
  };
}

/** Whether this key of a silent directory is for those who asked to hear of it after so long. */
export function isSilenceOf(key: string, afterMs: number): boolean {
  return key.endsWith(`/${span(afterMs)}`);
}

function span(ms: number): string {
  return ms % HOUR_MS === 0 ? `${ms / HOUR_MS}h` : `${Math.round(ms / 60_000)}m`;
}
