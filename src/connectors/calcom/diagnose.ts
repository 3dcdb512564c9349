import type { ConnectorError } from "../../domain/errors.ts";
import type { Finding } from "../../ports/connector.ts";
import { good, rateLimitFinding, sentenceOf, toTell } from "../finding.ts";
import { toAccount } from "./accounts.ts";
import type { CalcomClient } from "./client.ts";
import type { WireMembership } from "./wire.ts";

const NO_RATE_LIMIT = {
  verdict: "warning",
  detail: "Cal.com does not tell its rate limit with its answers.",
  remedy: "Set product.rateLimit to what your contract says: 120 a minute for an API key unless agreed otherwise.",
} as const;

/** What is looked at. */
interface Subject {
  readonly organization: string;
  readonly seat: string;
}

/**
 * Looks at the key, the rights of whoever made it, the organisation, its memberships and bookings, and the rate limit, and
 * tells what Cal.com cannot do. Ends with the first thing without which nothing else works.
 */
export async function* diagnoseCalcom(
  client: CalcomClient,
  subject: Subject,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const how = { signal };
  const first = await look(signal, () => client.probe(how), subject);
  if ("finding" in first) {
    yield first.finding;
    return;
  }
  yield good("credentials", `Cal.com takes the key, and it may administer organization ${subject.organization}.`);
  yield rateLimitFinding(client.budget(), NO_RATE_LIMIT);

  const listed = await look(signal, () => client.memberships(0, how), subject);
  if ("finding" in listed) {
    yield listed.finding;
    return;
  }
  yield ownOrganization(listed.value, subject);
  yield memberships(listed.value);

  const member = listed.value.find(({ accepted }) => accepted);
  if (member !== undefined) {
    const bookings = await look(signal, () => client.bookings(member.userId, "upcoming", 0, how), subject);
    yield "finding" in bookings ? bookings.finding : bookingRights(bookings.value.refusal === undefined);
  }
  yield {
    subject: "seats",
    verdict: "good",
    detail: `Each member and each invitation occupies a ${subject.seat} seat; Cal.com does not tell how many are paid for.`,
    remedy: `Set product.seats to what you pay for, if joiners are to wait for a free one.`,
  };
  yield {
    subject: "names",
    verdict: "warning",
    detail:
      "Cal.com lets nobody but its owner change the name of an account: the bridge tells differences and leaves them.",
    remedy: "Ask people to set their names themselves, or leave displayName out of the mapping.",
  };
}

/** The answer, or what is wrong. Throws only what an aborted signal makes. */
async function look<T>(
  signal: AbortSignal,
  ask: () => Promise<T>,
  { organization }: Subject,
): Promise<{ readonly value: T } | { readonly finding: Finding }> {
  try {
    return { value: await ask() };
  } catch (error) {
    return { finding: wrong(toTell(error, signal), organization) };
  }
}

function wrong({ reason, message }: ConnectorError, organization: string): Finding {
  const detail = sentenceOf(message);
  switch (reason) {
    case "auth":
      return {
        subject: "credentials",
        verdict: "bad",
        detail,
        remedy: `Set product.token to an API key that an administrator of organization ${organization} has made, and that has not expired.`,
      };
    case "missing":
      return {
        subject: "organization",
        verdict: "bad",
        detail,
        remedy: "Set product.organization to the organisation's number, and product.baseUrl to the address of API v2.",
      };
    case "rate-limited":
      return {
        subject: "rate limit",
        verdict: "bad",
        detail,
        remedy: "Wait a minute, and look for what else uses this key.",
      };
    default:
      return {
        subject: "connection",
        verdict: "bad",
        detail,
        remedy: "Correct product.baseUrl, which ends in /v2, or look whether Cal.com is up.",
      };
  }
}

function ownOrganization(members: readonly WireMembership[], { organization }: Subject): Finding {
  if (members.every(({ teamId }) => teamId === organization)) {
    return good("organization", `The memberships are those of organization ${organization}.`);
  }
  return {
    subject: "organization",
    verdict: "bad",
    detail: `Cal.com lists memberships of something else than organization ${organization}.`,
    remedy: "Set product.organization to the organisation's number.",
  };
}

function memberships(members: readonly WireMembership[]): Finding {
  if (members.every((one) => toAccount(one, undefined, [], "") !== null)) {
    return good("memberships", "Memberships tell whose they are, and can hold the bridge's mark.");
  }
  return {
    subject: "memberships",
    verdict: "warning",
    detail:
      "Memberships do not tell whose they are, as in older versions: people who have not accepted an invitation cannot be told apart, and an observation that meets one is not trusted.",
    remedy: "Update Cal.com, or have invitations accepted or withdrawn.",
  };
}

function bookingRights(isAllowed: boolean): Finding {
  if (isAllowed) return good("bookings", "Bookings of members can be read, by version 2024-08-13 of the API.");
  return {
    subject: "bookings",
    verdict: "bad",
    detail: "The key may not read the bookings of members: those of leavers would be left.",
    remedy:
      "Use a key of an administrator or owner; with OAuth, one with the scopes ORG_BOOKING_READ and BOOKING_WRITE.",
  };
}
