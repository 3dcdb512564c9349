import type { Clock } from "../../ports/ambient.ts";
import type { ProductSession } from "../http.ts";
import type { Sending } from "../product-request.ts";
import type { CredentialHeaders } from "./fixed-credentials.ts";

/** What a login gave. */
export interface Fetched {
  readonly headers: CredentialHeaders;
  /** How long they are taken, milliseconds; null: until the product says otherwise. */
  readonly lifetimeMs: number | null;
  /** Whether each use makes them live that long again. */
  readonly isSliding: boolean;
}

/**
 * A session that fetches credentials when they are first needed, when they end, and when they were refused. However many
 * requests wait for them, they are fetched once; whoever gives up while fetching does not make the others fail.
 */
export function createFetchedCredentials(fetch: (how: Sending) => Promise<Fetched>, clock: Clock): ProductSession {
  let current: { readonly fetched: Fetched; endsAtMs: number } | null = null;
  let pending: { readonly how: Sending; readonly done: Promise<Fetched> } | null = null;

  const begin = (how: Sending): Promise<Fetched> => {
    const done = fetch(how)
      .then((fetched) => {
        current = { fetched, endsAtMs: endOf(fetched, clock) };
        return fetched;
      })
      .finally(() => void (pending = null));
    pending = { how, done };
    return done;
  };

  return {
    async headers(how) {
      for (;;) {
        if (current !== null && clock.monotonicMs() < current.endsAtMs) {
          const { fetched } = current;
          if (fetched.isSliding) current.endsAtMs = endOf(fetched, clock);
          return fetched.headers;
        }
        if (pending === null) return (await begin(how)).headers;
        const { how: others, done } = pending;
        try {
          return (await done).headers;
        } catch (error) {
          if (!hasGivenUp(others) || hasGivenUp(how)) throw error;
        }
      }
    },
    expire(headers) {
      // Those of an earlier login were refused; the new ones were not.
      if (current?.fetched.headers === headers) current = null;
    },
  };
}

function hasGivenUp({ signal, patience }: Sending): boolean {
  return signal.aborted || patience?.aborted === true;
}

/** A minute is left for requests on their way and for clocks that differ; of short lives, a quarter. */
function endOf({ lifetimeMs }: Fetched, clock: Clock): number {
  if (lifetimeMs === null) return Infinity;
  return clock.monotonicMs() + lifetimeMs - Math.min(60_000, lifetimeMs / 4);
}
