import type { ConnectorFault } from "../../domain/errors.ts";
import { ConnectorError } from "../../domain/errors.ts";

/** What Calendly says when it does not do something. */
export interface Refusal {
  readonly status: number;
  readonly title: string;
  readonly message: string;
}

/** Titles and messages by which refusals of one status are told apart, and what each means to whoever asked. */
type Table<M extends string> = readonly (readonly [status: number, words: RegExp, meaning: M])[];

/** Refused while SCIM is on: the profile is the wrong one, for everybody. */
const SCIM_IS_ON = /organization with SCIM enabled/i;

const INVITATION: Table<"taken" | "race" | "no-seat" | "scim" | "unfit"> = [
  [400, /^Already (?:Organization Member|Invited)\b/i, "taken"],
  [400, /^Race Condition\b/i, "race"],
  [400, /^Invalid (?:Email|Argument)\b/i, "unfit"],
  // Two wordings: seats that were bought, and those of a trial. Status and title are those of any lack of rights.
  [403, /\balready sent all the invitations\b/i, "no-seat"],
  [403, SCIM_IS_ON, "scim"],
];

const REVOCATION: Table<"accepted" | "scim"> = [
  [400, /^Invitation Already Accepted\b/i, "accepted"],
  [403, SCIM_IS_ON, "scim"],
];

const REMOVAL: Table<"owner" | "scim"> = [
  [403, /\bowner role\b/i, "owner"],
  [403, SCIM_IS_ON, "scim"],
];

const CANCELLATION: Table<"over" | "not-allowed"> = [
  // Whoever asks again is told so, and nobody gets another mail.
  [403, /\balready cancell?ed\b/i, "over"],
  [403, /\bin the past\b/i, "over"],
  [403, /\bnot allowed to cancel\b/i, "not-allowed"],
];

const LISTING: Table<"not-here"> = [[403, /\bnot in your organization\b/i, "not-here"]];

/** What a refused invitation means; null: nothing that is known. */
export const readInvitationRefusal = (refusal: Refusal) => meaningOf(refusal, INVITATION);
/** What it means that an invitation is not revoked. */
export const readRevocationRefusal = (refusal: Refusal) => meaningOf(refusal, REVOCATION);
/** What it means that a membership is not removed. */
export const readRemovalRefusal = (refusal: Refusal) => meaningOf(refusal, REMOVAL);
/** What it means that a meeting is not cancelled. */
export const readCancellationRefusal = (refusal: Refusal) => meaningOf(refusal, CANCELLATION);
/** What it means that somebody's meetings are not listed. */
export const readListingRefusal = (refusal: Refusal) => meaningOf(refusal, LISTING);

/** By the title for 400, by the message for 403, as documented; Calendly's words decide and are never shown. */
function meaningOf<M extends string>({ status, title, message }: Refusal, table: Table<M>): M | null {
  const words = status === 400 ? title : message;
  return table.find(([code, pattern]) => code === status && pattern.test(words.trim()))?.[2] ?? null;
}

/** The error for a wrong profile: nothing that goes on with it can succeed, for nobody. */
export function scimIsOn(what: string): ConnectorError {
  return new ConnectorError(
    "auth",
    `Calendly refused ${what} because SCIM is enabled for the organisation. Set product.profile to scim, with ` +
      "product.scim.baseUrl and product.scim.token from Calendly's admin center, or turn SCIM off there.",
  );
}

/** The error for a refusal that means nothing else than its status. */
export function unknownRefusal(what: string, { status }: Refusal): ConnectorError {
  const hint = status === 403 ? "; the token must be that of an owner or admin of the organisation" : "";
  return new ConnectorError(faultOf(status), `Calendly answered ${status} to ${what}${hint}`);
}

function faultOf(status: number): ConnectorFault {
  if (status === 403) return "auth";
  return status === 404 ? "missing" : "rejected";
}
