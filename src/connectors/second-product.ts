import type { Booking } from "../domain/account.ts";
import { ConnectorError } from "../domain/errors.ts";
import type { Connector } from "../ports/connector.ts";

/** Where its settings stand in the configuration. */
const PLACE = "product.bookings";

/** The same connector, for bookings: its name, its errors and its findings say so, and name its settings where they stand. */
export function asSecondProduct(connector: Connector): Connector {
  return {
    ...connector,
    name: `${connector.name} (${PLACE})`,
    find: (...args) => told(() => connector.find(...args)),
    bookings: (...args) => listed(connector.bookings(...args)),
    apply: (change, context) => told(() => connector.apply(change, context)),
    async *diagnose(signal) {
      for await (const { subject, verdict, detail, remedy } of connector.diagnose(signal)) {
        const mend = remedy === undefined ? {} : { remedy: withItsSettings(remedy) };
        yield { subject: `bookings ${subject}`, verdict, detail: withItsSettings(detail), ...mend };
      }
    },
  };
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw inItsName(error);
  }
}

async function* listed(bookings: AsyncIterable<Booking>): AsyncGenerator<Booking> {
  try {
    yield* bookings;
  } catch (error) {
    throw inItsName(error);
  }
}

function inItsName(error: unknown): unknown {
  if (!(error instanceof ConnectorError)) return error;
  const { reason, message, cause, retryAfterMs } = error;
  return new ConnectorError(reason, `Bookings: ${withItsSettings(message)}`, {
    cause,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** A connector does not know that its settings stand one level deeper. */
function withItsSettings(text: string): string {
  return text.replaceAll(/\bproduct\.(?=[a-z])(?!bookings\b)/g, `${PLACE}.`);
}
