import type { ExecutionContext } from "ava";
import type { Twin, TwinSpec, TwinVendor } from "../kit/twin.ts";
import { startTwin } from "../kit/twin.ts";
import { refusal } from "./pages.ts";
import { calendlyRoutes } from "./routes.ts";
import { createCalendlyState } from "./state.ts";
import type { CalendlyState } from "./state.ts";
import type { TwinClock } from "./twin-clock.ts";

export const CALENDLY_TOKEN = "calendly-token-of-a-test";

/** A Calendly that listens, and the organisation behind it. */
export interface CalendlyTwin extends Twin {
  readonly state: CalendlyState;
}

/** Serves an organisation that has nobody but its owner, until the test ends. It fails when anything undocumented was asked. */
export async function startCalendlyTwin(
  t: ExecutionContext,
  clock: TwinClock,
  state: CalendlyState = createCalendlyState(clock),
): Promise<CalendlyTwin> {
  return { ...(await startTwin(t, calendlySpec(state, clock))), state };
}

/** 500 requests a minute, as on paid plans: told with every answer, the reset in seconds. A 429 has no `Retry-After`. */
export function calendlySpec(state: CalendlyState, clock: TwinClock): TwinSpec {
  return {
    vendor: VENDOR,
    routes: calendlyRoutes(state),
    rate: {
      limit: 500,
      windowMs: 60_000,
      nowMs: () => clock.monotonicMs(),
      headers: ({ limit, remaining, resetMs }) => ({
        "X-RateLimit-Limit": String(limit),
        "X-RateLimit-Remaining": String(remaining),
        "X-RateLimit-Reset": String(resetMs > 0 ? Math.ceil(resetMs / 1_000) : 60),
      }),
    },
  };
}

const VENDOR: TwinVendor = {
  authenticate: ({ headers }) =>
    headers.authorization === `Bearer ${CALENDLY_TOKEN}`
      ? null
      : refusal(401, "Unauthenticated", "The access token is invalid"),
  invalid: (problems) =>
    refusal(
      400,
      "Invalid Argument",
      "The supplied parameters are invalid.",
      problems.map(({ path, message }) => ({ parameter: path, message })),
    ),
  unknownPath: () => refusal(404, "Resource Not Found", "The server could not find the requested resource."),
  unauthorized: () => refusal(401, "Unauthenticated", "The access token is invalid"),
  rateLimited: () => refusal(429, "Too Many Requests", "You have sent too many requests."),
  unavailable: () => refusal(503, "Internal Server Error", "The server encountered an unexpected condition."),
};
