import { ConnectorError, type ConnectorFault } from "../domain/errors.ts";

/** Faults of the product or of our credentials: nothing about one person. */
export const AFFECTS_EVERYBODY: ReadonlySet<ConnectorFault> = new Set<ConnectorFault>([
  "auth",
  "rate-limited",
  "unavailable",
]);

/** So many in a row whom the product failed: it is not they who are at fault. */
const FAILURES_IN_A_ROW = 5;

/** Tells trouble with one person from trouble with the product. */
export interface Breaker {
  /** Learns how the product did for somebody; throws the fault once it is taken for everybody's. */
  note(error: ConnectorError | null): void;
}

/**
 * Makes a breaker that has seen nothing. Refused credentials and a request to slow down concern everybody at once; a
 * product that fails does when it failed several people in a row, since one whom it always fails must not stop the others.
 */
export function createBreaker(): Breaker {
  let inARow = 0;
  return {
    note(error) {
      if (error === null || !AFFECTS_EVERYBODY.has(error.reason)) {
        inARow = 0;
        return;
      }
      inARow += 1;
      if (error.reason !== "unavailable" || inARow >= FAILURES_IN_A_ROW) throw error;
    },
  };
}

/** Returns the fault of one person's reading as a value, once the breaker has let it pass for that. */
export async function isolated<T>(breaker: Breaker, work: () => Promise<T>): Promise<T | ConnectorError> {
  try {
    const result = await work();
    breaker.note(null);
    return result;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    breaker.note(error);
    return error;
  }
}
