import { bearer } from "../auth/fixed-credentials.ts";
import { createProductHttp } from "../http.ts";
import type { ConnectorDeps, ConnectorKind } from "../kind.ts";
import type { Connector } from "../../ports/connector.ts";
import { createCalendlyClient } from "./client.ts";
import type { CalendlyClient } from "./client.ts";
import { createInviteConnector } from "./invite.ts";
import { calendlyOptionsSchema } from "./options.ts";
import type { CalendlyOptions } from "./options.ts";
import { createRest } from "./rest.ts";
import { createScimProfile } from "./scim.ts";

/** After a 429, which says nothing of how long: the longest time to the next window. */
const PAUSE_MS = 60_000;

/** Calendly, by invitations or by SCIM. */
export const calendlyKind: ConnectorKind<typeof calendlyOptionsSchema> = {
  options: calendlyOptionsSchema,
  create: createCalendlyConnector,
};

/** Sends nothing. Throws Error with a sentence for people when the recipe of profile scim cannot be used. */
export function createCalendlyConnector(options: CalendlyOptions, deps: ConnectorDeps): Connector {
  const client = restClient(options, deps);
  return options.profile === "scim" ? createScimProfile(client, options, deps) : createInviteConnector(client, options);
}

function restClient({ baseUrl, token }: CalendlyOptions, deps: ConnectorDeps): CalendlyClient {
  const base = baseUrl.replace(/\/+$/, "");
  const http = createProductHttp({
    product: "Calendly",
    baseUrl: base,
    headers: bearer(token),
    clock: deps.clock,
    onCall: deps.onCall,
    rateLimit: deps.rateLimit,
    pauseMs: PAUSE_MS,
    ...(deps.requestTimeoutMs === undefined ? {} : { requestTimeoutMs: deps.requestTimeoutMs }),
  });
  return createCalendlyClient(createRest(http, base), base);
}
