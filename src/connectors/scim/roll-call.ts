import { ConnectorError } from "../../domain/errors.ts";
import { canonicalEmail } from "./user.ts";
import type { ScimUser } from "./user.ts";

/** Looks people up in a list that has to be read whole. */
export interface RollCall {
  /** The users of this canonical name, as of a listing that began after this was asked. */
  named(name: string, signal: AbortSignal): Promise<readonly ScimUser[]>;
}

interface Asker {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly found: ScimUser[];
  readonly answer: PromiseWithResolvers<readonly ScimUser[]>;
}

/**
 * One listing serves everybody who asked before it began: many look-ups at once cost one or two listings, and each is
 * still read afresh. A listing ends when nobody waits for it any more.
 */
export function createRollCall(readAll: (signal: AbortSignal) => AsyncIterable<ScimUser>): RollCall {
  let waiting: Asker[] = [];
  let isReading = false;

  async function readForAll(): Promise<void> {
    isReading = true;
    while (waiting.length > 0) {
      const askers = waiting;
      waiting = [];
      try {
        await readFor(askers, readAll);
        for (const { answer, found } of askers) answer.resolve(found);
      } catch (error) {
        for (const { answer } of askers) answer.reject(error);
      }
    }
    isReading = false;
  }

  return {
    async named(name, signal) {
      if (signal.aborted) throw stopped();
      const asker: Asker = { name, signal, found: [], answer: Promise.withResolvers() };
      const leave = (): void => asker.answer.reject(stopped());
      signal.addEventListener("abort", leave, { once: true });
      waiting.push(asker);
      if (!isReading) void readForAll();
      try {
        return await asker.answer.promise;
      } finally {
        signal.removeEventListener("abort", leave);
      }
    },
  };
}

async function readFor(
  askers: readonly Asker[],
  readAll: (signal: AbortSignal) => AsyncIterable<ScimUser>,
): Promise<void> {
  const byName = Map.groupBy(askers, ({ name }) => name);
  const nobody = new AbortController();
  const look = (): void => {
    if (askers.every(({ signal }) => signal.aborted)) nobody.abort();
  };
  for (const { signal } of askers) signal.addEventListener("abort", look, { once: true });
  look();
  try {
    for await (const user of readAll(nobody.signal)) {
      for (const asker of byName.get(canonicalEmail(user.userName)) ?? []) asker.found.push(user);
    }
  } finally {
    for (const { signal } of askers) signal.removeEventListener("abort", look);
  }
}

function stopped(): ConnectorError {
  return new ConnectorError("unavailable", "the list of users was not read to its end: it was stopped");
}
