import type { ExecutionContext } from "ava";
import type { Clock } from "../../../src/ports/ambient.ts";
import { startTwin } from "../kit/twin.ts";
import type { Twin, TwinSpec, TwinVendor } from "../kit/twin.ts";
import { refusal } from "./answers.ts";
import { bookingRoutes } from "./booking-routes.ts";
import { peopleRoutes } from "./people-routes.ts";
import { createCalcomState, membershipIn } from "./state.ts";
import type { CalcomState } from "./state.ts";
import { teamRoutes } from "./team-routes.ts";

export const CALCOM_TOKEN = "cal_live_key_of_a_test";

/** A Cal.com that listens, and the organisation behind it. */
export interface CalcomTwin extends Twin {
  readonly state: CalcomState;
}

/** Serves an organisation that has nobody but its owner, until the test ends. It fails when anything undocumented was asked. */
export async function startCalcomTwin(
  t: ExecutionContext,
  clock: Pick<Clock, "now" | "monotonicMs">,
  state: CalcomState = createCalcomState(),
): Promise<CalcomTwin> {
  return { ...(await startTwin(t, calcomSpec(state, clock))), state };
}

/**
 * So many requests a minute, told with every answer by headers that end in the name of the limit, the reset as the
 * seconds that are left. A 429 has no `Retry-After`: the key is blocked for a minute.
 */
export function calcomSpec(state: CalcomState, clock: Pick<Clock, "now" | "monotonicMs">): TwinSpec {
  return {
    vendor: vendorOf(state),
    basePath: "/v2",
    routes: [...peopleRoutes(state), ...teamRoutes(state), ...bookingRoutes(state, () => clock.now())],
    rate: {
      limit: state.requestsPerMinute,
      windowMs: 60_000,
      nowMs: () => clock.monotonicMs(),
      headers: ({ limit, remaining, resetMs }) => ({
        "X-RateLimit-Limit-Default": String(limit),
        "X-RateLimit-Remaining-Default": String(remaining),
        "X-RateLimit-Reset-Default": String(Math.max(0, Math.ceil(resetMs / 1_000))),
      }),
    },
  };
}

function vendorOf(state: CalcomState): TwinVendor {
  const unauthorized = () =>
    refusal(401, "UnauthorizedException", "ApiAuthStrategy - api key - Your api key is not valid");
  return {
    authenticate({ headers, path }) {
      if (headers.authorization !== `Bearer ${CALCOM_TOKEN}`) return unauthorized();
      const organization = /^\/organizations\/(\d+)\//.exec(path)?.[1];
      if (organization === undefined) return null;
      if (organization !== String(state.organization)) {
        return refusal(404, "NotFoundException", `Organization (${organization}) not found.`);
      }
      const role = membershipIn(state, state.organization, state.keyOwner)?.role;
      const mayAdminister = role === "OWNER" || role === "ADMIN";
      return mayAdminister
        ? null
        : refusal(403, "ForbiddenException", "RolesGuard - User is not an organization admin.");
    },
    invalid: (problems) =>
      refusal(400, "BadRequestException", problems.map(({ path, message }) => `${path} ${message}`).join(", ")),
    unknownPath: ({ method, path }) => refusal(404, "NotFoundException", `Cannot ${method} /v2${path}`),
    unauthorized,
    rateLimited: () => refusal(429, "ThrottlerException", "ThrottlerException: Too Many Requests"),
    unavailable: () => refusal(503, "ServiceUnavailableException", "Service Unavailable"),
  };
}
