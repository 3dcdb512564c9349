import type { Instant } from "../../domain/brand.ts";
import { ConnectorError, type ConnectorFault } from "../../domain/errors.ts";
import type { Clock } from "../../ports/ambient.ts";
import type { Connector } from "../../ports/connector.ts";
import { AFFECTS_EVERYBODY } from "./breaker.ts";

/** How the product last answered. */
export interface ContactState {
  readonly lastGoodAt: Instant | null;
  /** Null while the newest answer was a good one. */
  readonly fault: { readonly reason: ConnectorFault; readonly message: string; readonly since: Instant } | null;
}

/** Remembers whether the product can be reached and takes our credentials. */
export interface ProductContact {
  state(): ContactState;
  /** The same connector, with every answer noted. Faults that concern one person only count as contact. */
  watch(connector: Connector): Connector;
}

/** Makes a memory of contact; empty at first. */
export function createProductContact(clock: Clock): ProductContact {
  let lastGoodAt: Instant | null = null;
  let fault: ContactState["fault"] = null;

  const good = (): void => {
    lastGoodAt = clock.now();
    fault = null;
  };
  const bad = (error: unknown): void => {
    if (!(error instanceof ConnectorError)) return;
    if (AFFECTS_EVERYBODY.has(error.reason)) {
      fault = { reason: error.reason, message: error.message, since: fault?.since ?? clock.now() };
    } else good();
  };
  const noted = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      const result = await work();
      good();
      return result;
    } catch (error) {
      bad(error);
      throw error;
    }
  };

  return {
    state: () => ({ lastGoodAt, fault }),
    watch: (connector) => ({
      name: connector.name,
      capabilities: connector.capabilities,
      normalize: (desired) => connector.normalize(desired),
      observe: (signal, urgent) => noted(() => connector.observe(signal, urgent)),
      find: (who, signal, urgent) => noted(() => connector.find(who, signal, urgent)),
      bookings: (account, from, signal, urgent, email) =>
        watchPages(connector.bookings(account, from, signal, urgent, email), good, bad),
      apply: (change, context) => noted(() => connector.apply(change, context)),
      diagnose: (signal) => connector.diagnose(signal),
      close: () => connector.close(),
    }),
  };
}

async function* watchPages<T>(
  items: AsyncIterable<T>,
  good: () => void,
  bad: (error: unknown) => void,
): AsyncGenerator<T> {
  try {
    yield* items;
    good();
  } catch (error) {
    bad(error);
    throw error;
  }
}
