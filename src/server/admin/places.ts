import { AdminError } from "./admin-error.ts";

/** A bounded number of requests at once; those beyond are sent away, since whoever asks again finds a fresher answer. */
export interface Places {
  /** Takes a place; gives it back when it is called, which may be done twice. Throws AdminError `too-many-plans`. */
  take(): () => void;
}

/** Soon enough for people, and after a few plans of a large company. */
const RETRY_SECONDS = "5";

/** Makes places; all are free. */
export function createPlaces(count: number): Places {
  const taken = new Set<symbol>();
  return {
    take() {
      if (taken.size >= count) {
        throw new AdminError(
          "too-many-plans",
          `${count} plans or previews are being made or read at this moment, and each needs a store of its own: ask again in ${RETRY_SECONDS} s.`,
          { headers: { "Retry-After": RETRY_SECONDS } },
        );
      }
      const own = Symbol("place");
      taken.add(own);
      return () => void taken.delete(own);
    },
  };
}
