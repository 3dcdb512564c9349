import type { ConnectorError } from "../../domain/errors.ts";
import type { Finding } from "../../ports/connector.ts";
import { good, rateLimitFinding, sentenceOf, toTell } from "../finding.ts";
import type { Sending } from "../http.ts";
import type { BudgetHeaders } from "../rate-headers.ts";
import type { CalendlyReads, Me } from "./client.ts";
import type { CalendlyOptions } from "./options.ts";
import { readListingRefusal } from "./refusals.ts";

const ADMIN_TOKEN =
  "Make a personal access token as an owner or admin of the organisation, and set product.token to it.";
/** What Calendly allows on a free plan, per minute. */
const FREE_PLAN = 50;

/** Looks at everything that can be seen without a write, and says what cannot. Throws only what an aborted signal makes. */
export async function* diagnoseCalendly(
  client: CalendlyReads,
  options: CalendlyOptions,
  how: Sending,
): AsyncGenerator<Finding> {
  let subject = "credentials";
  try {
    const me = await client.me(how);
    const budget = client.budget();
    yield good(subject, "Calendly takes the token.");
    const organization = options.organization?.split("/").at(-1) ?? me.organization;
    subject = "organisation";
    yield organizationFinding(organization, me);
    subject = "rights";
    yield await rightsFinding(client, organization, me, how);
    subject = "bookings";
    yield await bookingsFinding(client, organization, me, how);
    yield rateFinding(budget);
    yield* standingFindings(options);
  } catch (error) {
    yield failure(subject, toTell(error, how.signal));
  }
}

function organizationFinding(organization: string, me: Me): Finding {
  const subject = "organisation";
  if (organization === me.organization) {
    return good(subject, `The token belongs to the organisation ${organization}.`);
  }
  return {
    subject,
    verdict: "bad",
    detail: `The token belongs to the organisation ${me.organization}, and product.organization names ${organization}.`,
    remedy: "Remove product.organization, or use a token of that organisation.",
  };
}

async function rightsFinding(client: CalendlyReads, organization: string, me: Me, how: Sending): Promise<Finding> {
  const { items } = await client.memberships(organization, { user: me.user }, null, how);
  const role = items.find(({ user }) => user.uri === me.user)?.role;
  const subject = "rights";
  if (role === "owner" || role === "admin") {
    return good(subject, `The token is that of an ${role}, who may manage members and meetings.`);
  }
  const who = role === undefined ? "nobody in this organisation" : "an ordinary member";
  return {
    subject,
    verdict: "bad",
    detail: `The token is that of ${who}, who may manage neither members nor meetings of others.`,
    remedy: ADMIN_TOKEN,
  };
}

/** Own meetings may always be read: only somebody else's show whether the rights reach far enough. */
async function bookingsFinding(client: CalendlyReads, organization: string, me: Me, how: Sending): Promise<Finding> {
  const subject = "bookings";
  const { items } = await client.memberships(organization, {}, null, how);
  const other = items.find(({ user }) => user.uri !== me.user)?.user.uri ?? me.user;
  const filter = { organization, user: other, after: new Date(0).toISOString() };
  const outcome = await client.events(filter, null, how);
  if (outcome.done || readListingRefusal(outcome.refusal) === "not-here") {
    return good(subject, "Meetings of members can be listed.");
  }
  return {
    subject,
    verdict: "bad",
    detail: `Calendly answered ${outcome.refusal.status} to the list of a member's meetings.`,
    remedy: `${ADMIN_TOKEN} It needs the scope scheduled_events:write.`,
  };
}

function rateFinding(budget: BudgetHeaders | null): Finding {
  const limit = budget?.limit ?? null;
  if (limit === null || limit > FREE_PLAN) {
    return rateLimitFinding(budget, {
      verdict: "good",
      detail: "Calendly does not say how many requests it allows; 500 a minute is usual.",
    });
  }
  return {
    subject: "rate limit",
    verdict: "warning",
    detail: `Calendly allows ${limit} requests a minute, as on a free plan.`,
    remedy: "Runs take long at this pace: use a token of the paid organisation.",
  };
}

function* standingFindings({ profile, seat, collective }: CalendlyOptions): Generator<Finding> {
  yield {
    subject: "seats",
    verdict: "good",
    detail:
      `Calendly counts its seats for nobody: that none of the ${seat} seats is free is learnt only when somebody is ` +
      "refused for it, unless product.seats says how many there are.",
  };
  if (profile === "invite") {
    yield {
      subject: "provisioning",
      verdict: "good",
      detail:
        "People are invited by REST. Calendly refuses that while SCIM is enabled for the organisation, which shows only " +
        "with the first invitation; product.profile is then to be scim.",
    };
  }
  yield {
    subject: "collective meetings",
    verdict: "good",
    detail:
      collective === "keep"
        ? "A leaver's meetings with other hosts are kept for those (product.collective is keep)."
        : "A leaver's meetings with other hosts are cancelled for those, too (product.collective is cancel).",
  };
}

function failure(subject: string, error: ConnectorError): Finding {
  const isToken = error.reason === "auth" && subject === "credentials";
  return {
    subject: isToken || error.reason === "auth" ? subject : "connection",
    verdict: "bad",
    detail: sentenceOf(error.message),
    remedy:
      error.reason === "auth"
        ? ADMIN_TOKEN
        : "See that this machine reaches it, and that product.baseUrl, if you set it, is right; else try again later.",
  };
}
