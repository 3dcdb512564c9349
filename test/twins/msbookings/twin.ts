/**
 * Microsoft Bookings by Graph v1.0 (learn.microsoft.com/graph/api/resources/booking-api-overview), with the token endpoint
 * that stands on a host of its own.
 */
import type { ExecutionContext } from "ava";
import { createManualClock, type ManualClock } from "../../support/manual-clock.ts";
import { startTwin, type Twin, type TwinVendor } from "../kit/twin.ts";
import { createTokens, LOGIN_MANNERS, loginRoutes, type Tokens } from "./login.ts";
import { bookingsRoutes, refusal, type BookingsHabits } from "./routes.ts";
import { createBookingsState, type BookingsState } from "./state.ts";

/** The business that the bridge provisions. */
export const BUSINESS = "acme@acme.onmicrosoft.example";

/** A business that listens until the test ends. */
export interface BookingsTwin extends Twin {
  readonly state: BookingsState;
  readonly tokens: Tokens;
  readonly clock: ManualClock;
  /** Where tokens are given. */
  readonly login: Twin;
}

/** Starts a business and a token endpoint. */
export async function startBookings(
  t: ExecutionContext,
  habits: Partial<BookingsHabits> = {},
  clock = createManualClock(),
): Promise<BookingsTwin> {
  const state = createBookingsState(clock, BUSINESS);
  const tokens = createTokens(() => Date.parse(clock.now()));
  const usual = { pageSize: 30, listsIdsOnly: false, times: ["start", "end"] } as const;
  const routes = bookingsRoutes(state, { ...usual, ...habits });
  const login = await startTwin(t, { vendor: LOGIN_MANNERS, routes: loginRoutes(tokens) });
  const graph = await startTwin(t, { vendor: manners(tokens), basePath: "/v1.0", routes });
  return { ...graph, state, tokens, clock, login };
}

function manners(tokens: Tokens): TwinVendor {
  const unauthorized = () =>
    refusal(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.");
  return {
    authenticate: ({ headers: { authorization = "" } }) =>
      tokens.isGood(authorization.replace(/^Bearer /, "")) ? null : unauthorized(),
    invalid: () => refusal(400, "BadRequest", "Invalid request."),
    unknownPath: () => refusal(400, "BadRequest", "Resource not found for the segment."),
    unauthorized,
    rateLimited: (seconds) => ({ ...refusal(429, "TooManyRequests"), headers: { "retry-after": String(seconds) } }),
    unavailable: () => refusal(503, "ServiceUnavailable"),
  };
}
