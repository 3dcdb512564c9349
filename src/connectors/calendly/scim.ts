import type { AccountId } from "../../domain/account.ts";
import { emailKey } from "../../domain/email-key.ts";
import type { Capabilities, Connector, Finding } from "../../ports/connector.ts";
import type { ConnectorDeps } from "../kind.ts";
import type { Sending } from "../http.ts";
import { createScimConnector } from "../scim/connector.ts";
import { createCalendlyBookings } from "./bookings.ts";
import type { CalendlyReads, CalendlyWrites } from "./client.ts";
import { diagnoseCalendly } from "./diagnose.ts";
import type { CalendlyOptions } from "./options.ts";
import { createOrganization } from "./organization.ts";

/** What REST is for beside SCIM: while SCIM is on, Calendly refuses to invite, revoke or remove anybody by REST. */
type MeetingsClient = CalendlyReads & Pick<CalendlyWrites, "cancel">;

/** An address that nobody can have (RFC 2606), to look for an account by its id alone. */
const NOBODY = "nobody@rosterbridge.invalid";

/** What the examination of REST tells better than that of SCIM. */
const OF_REST: ReadonlySet<string> = new Set(["bookings", "seats"]);

/**
 * Calendly with SCIM: people by SCIM, as the recipe `calendly` has it, and their meetings by REST. The two know a person by
 * ids of their own, and have the e-mail in common.
 */
export function createScimProfile(client: MeetingsClient, options: CalendlyOptions, deps: ConnectorDeps): Connector {
  const { scim, seat, collective } = options;
  if (scim === undefined) throw new Error("Calendly's profile scim needs product.scim.");
  const own = { connector: "scim", recipe: "calendly", seat, ...scim } as const;
  const people = createScimConnector(own, { ...deps, credentialSetting: "product.scim.token" });
  const organization = createOrganization(client, options.organization);
  const bookings = createCalendlyBookings(client, collective);

  /** The user of REST behind an account of SCIM; undefined when either is gone. */
  async function userOf(account: AccountId, email: string | undefined, how: Sending): Promise<string | undefined> {
    const found = await people.find({ account, email: email ?? NOBODY }, how.signal, how.urgent);
    const address = found.find(({ id }) => id === account)?.profile.email;
    if (address === undefined) return undefined;
    const { items } = await client.memberships(await organization.id(how), { email: address }, null, how);
    return items.find(({ user }) => emailKey(user.email) === emailKey(address))?.user.uri;
  }

  return {
    ...people,
    name: "calendly",
    capabilities: withMeetings(people.capabilities),
    async observe(signal, urgent) {
      // SCIM does not say whose organisation it is.
      const tenant = await organization.idNow({ signal, urgent });
      return { ...(await people.observe(signal, urgent)), tenant };
    },
    async *bookings(account, from, signal, urgent, email) {
      const how = { signal, urgent };
      const user = await userOf(account, email, how);
      if (user === undefined) return;
      yield* bookings.upcoming({ account, organization: await organization.id(how), user }, from, how);
    },
    async apply(change, context) {
      if (change.kind !== "cancel-booking") return people.apply(change, context);
      return bookings.cancel(change.booking, context.guestReason, context);
    },
    async *diagnose(signal) {
      // Meetings are out of the reach of SCIM, and within that of REST; of seats there is nothing to tell twice.
      for await (const finding of people.diagnose(signal)) if (!OF_REST.has(finding.subject)) yield ofScim(finding);
      yield* diagnoseCalendly(client, options, { signal });
    },
  };
}

function withMeetings(people: Capabilities): Capabilities {
  return {
    ...people,
    changes: new Set([...people.changes, "cancel-booking"]),
    bookings: "bridge",
    // Whether the meetings of somebody who was turned off can still be listed is not documented.
    bookingOrder: "bookings-first",
  };
}

/** The connector for SCIM does not know that its settings stand one level deeper here. */
function ofScim({ subject, verdict, detail, remedy }: Finding): Finding {
  const placed = (text: string): string =>
    text.replaceAll(/\bproduct\.(?=(?:token|baseUrl|groups)\b)/g, "product.scim.");
  return {
    subject: `scim ${subject}`,
    verdict,
    detail: placed(detail),
    ...(remedy === undefined ? {} : { remedy: placed(remedy) }),
  };
}
