import type { Clock } from "../ports/ambient.ts";
import type { Restoration, Restorations } from "../ports/restorations.ts";
import type { Reasoned } from "./limits/permissions.ts";

/** Whether changes are held because the database was restored, and letting the bridge act on it again. */
export interface Resumption {
  /** Null when nothing is held because of a restore. */
  standing(): Promise<Restoration | null>;
  /** Throws UnknownSubjectError when nothing is held because of a restore. */
  resume(by: Reasoned): Promise<void>;
}

/** Makes the use case over the store. */
export function createResumption(restorations: Restorations, clock: Clock): Resumption {
  return {
    standing: () => restorations.standing(),
    async resume({ author, reason }) {
      const at = clock.now();
      await restorations.resume(at, {
        at,
        actor: author,
        action: "store.resumed",
        subject: "store",
        detail: { reason },
      });
    },
  };
}
