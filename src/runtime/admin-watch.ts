import type { Instant } from "../domain/brand.ts";
import type { Log } from "../ports/ambient.ts";
import type { Approval, Holds } from "../ports/holds.ts";
import type { Mappings } from "../ports/records.ts";
import type { Restorations } from "../ports/restorations.ts";

/** What an admin decides in any process: by a command, or over HTTP. Each is one small look-up. */
export interface AdminDecisions {
  readonly holds: Pick<Holds, "givenApprovals">;
  readonly mappings: Pick<Mappings, "newest">;
  readonly restorations: Pick<Restorations, "standing">;
}

/** Looks once. True when somebody has decided something since the look before, so that a full run is due. */
export type AdminWatch = () => Promise<boolean>;

/**
 * What looks whether somebody has approved a plan: true once per approval, since a plan that has grown is held again, and
 * is not planned over and over. What was approved before the start is served by the first run.
 */
export function watchApprovals(holds: AdminDecisions["holds"], now: () => Instant): AdminWatch {
  const startedAt = now();
  let answered: ReadonlySet<string> | null = null;
  return async () => {
    const given = await holds.givenApprovals(now());
    const isOld = ({ approvedAt }: Approval): boolean => answered === null && approvedAt <= startedAt;
    const isNew = given.some((approval) => !isOld(approval) && answered?.has(nameOf(approval)) !== true);
    answered = new Set(given.map(nameOf));
    return isNew;
  };
}

function nameOf({ digest, approvedAt }: Approval): string {
  return `${digest} ${approvedAt}`;
}

/** The configuration's mapping, which the first run saves by itself: nobody's decision. */
const SEED_VERSION = 1;

/** What looks whether a mapping was saved since the last look; the first look, before the first run, only takes note. */
export function watchMapping(mappings: AdminDecisions["mappings"]): AdminWatch {
  let known: number | null = null;
  return async () => {
    const newest = Math.max(SEED_VERSION, (await mappings.newest()) ?? SEED_VERSION);
    const isNew = known !== null && newest > known;
    known = newest;
    return isNew;
  };
}

/** What looks whether the bridge was let act again after a restore. */
export function watchResumption(restorations: AdminDecisions["restorations"]): AdminWatch {
  let wasStanding = false;
  return async () => {
    const isStanding = (await restorations.standing()) !== null;
    const isLifted = wasStanding && !isStanding;
    wasStanding = isStanding;
    return isLifted;
  };
}

/** A watch that cannot look says so in the log, and looks again next time. */
export function patiently(watch: AdminWatch, log: Log, event: string): AdminWatch {
  return async () => {
    try {
      return await watch();
    } catch (error) {
      log.warn(event, {}, error);
      return false;
    }
  };
}
