/**
 * Chili Piper's Edge API as its OpenAPI files describe it (user-offboarding v1.230.0 and its sisters). Where they are
 * silent, the comments of `routes.ts` say what was assumed.
 */
import type { ExecutionContext } from "ava";
import { createManualClock, type ManualClock } from "../../support/manual-clock.ts";
import { json, plain } from "../kit/answers.ts";
import { startTwin, type Twin, type TwinVendor } from "../kit/twin.ts";
import { chiliPiperRoutes } from "./routes.ts";
import { createChiliPiperState, type ChiliPiperState, type Licence } from "./state.ts";

/** The key that the bridge uses. */
export const API_KEY = "edge-key-of-a-test";

/** An organisation that listens until the test ends. */
export interface ChiliPiperTwin extends Twin {
  readonly state: ChiliPiperState;
  readonly clock: ManualClock;
}

/** Starts an organisation. `bought`: licences that are limited. */
export async function startChiliPiper(
  t: ExecutionContext,
  bought: Partial<Record<Licence, number>> = {},
  clock = createManualClock(),
): Promise<ChiliPiperTwin> {
  const state = createChiliPiperState(clock, bought);
  const twin = await startTwin(t, { vendor: MANNERS, basePath: "/api/fire-edge", routes: chiliPiperRoutes(state) });
  return { ...twin, state, clock };
}

const MANNERS: TwinVendor = {
  authenticate: ({ headers }) => (headers.authorization === `Bearer ${API_KEY}` ? null : refusal(401, "Unauthorized")),
  // What does not fit the description is told in plain text.
  invalid: (problems) => plain(400, `Invalid value for: ${problems.map(({ where }) => where).join(", ")}`),
  unknownPath: () => refusal(404, "NotFound"),
  unauthorized: () => refusal(401, "Unauthorized"),
  // No limit is documented; what stands in front of it may have one.
  rateLimited: (seconds) => ({ ...refusal(429, "TooManyRequests"), headers: { "retry-after": String(seconds) } }),
  unavailable: () => refusal(503, "ServiceUnavailable"),
};

function refusal(status: number, errorCode: string) {
  return json(status, { errorCode, errorMessage: errorCode, arguments: {} });
}
