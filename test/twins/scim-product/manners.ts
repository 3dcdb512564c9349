import { z } from "zod";
import { scimJson } from "../kit/answers.ts";
import type { TwinAnswer } from "../kit/answers.ts";
import type { TwinVendor } from "../kit/twin.ts";

/** What the twins take for a token. */
export const SCIM_TOKEN = "scim-token-of-a-test";

/** An error body (RFC 7644 section 3.12). */
export function scimError(status: number, detail: string, scimType?: string): TwinAnswer {
  const body = {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
    status: String(status),
    ...(scimType === undefined ? {} : { scimType }),
    detail,
  };
  return scimJson(status, body);
}

/** What every request has to say that it takes. */
export const ACCEPTS_SCIM = z.object({ accept: z.string().regex(/^application\/scim\+json\b/) });

/** The media type of every body. */
export const SCIM_TYPE = "application/scim+json";

/** How a SCIM server words what it refuses. */
export const MANNERS: TwinVendor = {
  authenticate: ({ headers }) =>
    headers.authorization === `Bearer ${SCIM_TOKEN}` ? null : scimError(401, "The token is missing or wrong."),
  invalid: (problems) =>
    scimError(400, problems.map(({ path, message }) => `${path}: ${message}`).join("; "), "invalidSyntax"),
  unknownPath: () => scimError(404, "There is nothing here."),
  unauthorized: () => scimError(401, "The token was revoked."),
  rateLimited: (seconds) => ({ ...scimError(429, "Too many requests."), headers: { "retry-after": String(seconds) } }),
  unavailable: () => scimError(503, "Try again later."),
};
