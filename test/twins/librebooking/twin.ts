/**
 * LibreBooking's web services as they were observed on the code of October 2024 and read in its source: see
 * `WebServices/` of github.com/LibreBooking/librebooking. What nobody has seen it do is a violation.
 */
import type { ExecutionContext } from "ava";
import { createManualClock, type ManualClock } from "../../support/manual-clock.ts";
import { html, json } from "../kit/answers.ts";
import { startTwin, type Twin, type TwinVendor } from "../kit/twin.ts";
import { libreBookingRoutes } from "./routes.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import { createLibreBookingState, type LibreBookingState } from "./state.ts";
import { errors, SERVICES } from "./wire.ts";

/** The administrator as whom the bridge logs in. */
export const ADMIN = { userName: "admin", password: "secret-of-a-test" } as const;

/** An installation that listens until the test ends. */
export interface LibreBookingTwin extends Twin {
  readonly state: LibreBookingState;
  readonly sessions: Sessions;
  readonly clock: ManualClock;
}

/** Starts an installation whose clock stands still until it is moved. */
export async function startLibreBooking(t: ExecutionContext, clock = createManualClock()): Promise<LibreBookingTwin> {
  const state = createLibreBookingState(clock, ADMIN);
  const now = (): number => Date.parse(clock.now());
  const sessions = createSessions(state, now);
  const routes = libreBookingRoutes(state, sessions, now);
  const twin = await startTwin(t, { vendor: manners(sessions), basePath: SERVICES, routes });
  return { ...twin, state, sessions, clock };
}

function manners(sessions: Sessions): TwinVendor {
  return {
    authenticate: (request) => (sessions.admits(request) ? null : html(401)),
    // What is no JSON at all makes PHP 8.2 fail; everything else is told.
    invalid: (problems, { body }) =>
      typeof body === "string" ? html(500) : json(400, errors(...problems.map(({ path }) => `${path} is required`))),
    unknownPath: ({ method }) => html(method === "PUT" || method === "PATCH" ? 405 : 404),
    unauthorized: () => html(401),
    // It has no limit of its own; what stands in front of it may have one.
    rateLimited: (seconds) => ({ ...html(429), headers: { "retry-after": String(seconds) } }),
    unavailable: () => html(503),
  };
}
