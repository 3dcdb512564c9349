import type { AccountLink, Candidate, LinkHolder, ObservedAccount } from "../domain/account.ts";
import { markOf } from "../domain/marker.ts";
import { domainsOf, isOnDomain, sameEmail } from "./email.ts";
import type { PersonFacts, PlanContext } from "./context.ts";

/**
 * Which account is this person's.
 *
 * `linked`: the one on record. `relinked`: it carries our mark of this person, so we made it and lost the record.
 * `adoptable`: it was there before; `returns` when it belonged to a deleted person whose place this one takes.
 * `new`: there is none. `missing`: the one on record has vanished. `conflict`: it cannot be told safely; `account` is
 * set when exactly one account is in question.
 */
export type Match =
  | { readonly kind: "linked"; readonly account: ObservedAccount; readonly link: AccountLink }
  | { readonly kind: "relinked"; readonly account: ObservedAccount }
  | { readonly kind: "adoptable"; readonly account: ObservedAccount; readonly returns: boolean }
  | { readonly kind: "new"; readonly note: string | null }
  | { readonly kind: "missing" }
  | { readonly kind: "conflict"; readonly account: ObservedAccount | null; readonly reason: string };

type MatchFacts = Pick<PersonFacts, "directory" | "desired" | "observed" | "link" | "rival">;
type MatchContext = Pick<PlanContext, "rehire" | "verifiedDomains">;

/**
 * Finds an active person's account: by link, else by our mark, else by external id, else by e-mail. First contact gives
 * nobody a login, a role or another e-mail: what would need that is a conflict.
 */
export function matchAccount(facts: MatchFacts, context: MatchContext): Match {
  const linked = linkedAccount(facts);
  if (linked !== null) return linked;
  const marked = markedAccount(facts);
  if (marked !== null) return marked;
  const { desired, observed, rival } = facts;
  if (desired.profile.email === "") return conflict(null, noEmail(desired.problems));
  if (rival?.listedFirst === true) {
    return conflict(
      null,
      `${desired.profile.email} is claimed by directory ${rival.directory}, which is listed first.`,
    );
  }
  const sameId = observed.filter(
    ({ account }) => isFilled(desired.externalId) && account.externalId === desired.externalId,
  );
  if (sameId.length > 0) return theOnly(sameId, `external id ${desired.externalId}`, facts, context);
  const sameAddress = observed.filter(({ account }) => sameEmail(account.profile.email, desired.profile.email));
  if (sameAddress.length > 0) return theOnly(sameAddress, `e-mail ${desired.profile.email}`, facts, context);
  const refusal = unverified(facts, context);
  if (refusal !== null) return conflict(null, refusal);
  return facts.link === null ? { kind: "new", note: null } : { kind: "missing" };
}

/** The account on record, if it still exists. */
export function linkedAccount({
  link,
  observed,
}: Pick<PersonFacts, "link" | "observed">): (Match & { readonly kind: "linked" }) | null {
  if (link === null) return null;
  const candidate = observed.find(({ account }) => account.id === link.account);
  return candidate === undefined ? null : { kind: "linked", account: candidate.account, link };
}

/** The account that carries our mark of this person: proof that we made it. Null when none does. */
export function markedAccount({ desired, observed }: Pick<PersonFacts, "desired" | "observed">): Match | null {
  const marked = observed.filter(({ account }) => account.marker === markOf(desired));
  const [only] = marked;
  if (only === undefined) return null;
  if (marked.length > 1) return conflict(null, `${marked.length} accounts carry this person's mark.`);
  if (holderOf(only, desired.user) !== null)
    return conflict(only.account, `${name(only.account)} carries this person's mark, but is linked to somebody else.`);
  return { kind: "relinked", account: only.account };
}

/** Why an active person's e-mail cannot be used: what was passed over, or that there is none. */
export function noEmail(problems: readonly string[] = []): string {
  return ["The directory gives no e-mail address that can be used.", ...problems].join(" ");
}

/** Why this person may not have their e-mail in the product; null when the domain is verified. */
export function unverified(
  { directory, desired }: Pick<PersonFacts, "directory" | "desired">,
  { verifiedDomains }: Pick<PlanContext, "verifiedDomains">,
): string | null {
  const domains = domainsOf(directory, verifiedDomains);
  if (isOnDomain(desired.profile.email, domains)) return null;
  const known = domains.length === 0 ? "it has none" : domains.join(", ");
  return `${desired.profile.email} is not on a verified domain of directory ${directory} (${known}).`;
}

function theOnly(candidates: readonly Candidate[], by: string, facts: MatchFacts, context: MatchContext): Match {
  const [only] = candidates;
  if (only === undefined || candidates.length > 1)
    return conflict(null, `${candidates.length} accounts have the ${by}.`);
  return admit(only, facts, context);
}

/** First contact with an account that is not on record: adoptable, or why not. */
function admit(candidate: Candidate, facts: MatchFacts, context: MatchContext): Match {
  const { account } = candidate;
  const { email } = facts.desired.profile;
  const holder = holderOf(candidate, facts.desired.user);
  if (!sameEmail(account.profile.email, email)) {
    const other = `has this person's external id but another e-mail (${account.profile.email})`;
    return conflict(account, `${name(account)} ${other}; first contact changes no e-mail.`);
  }
  const offDomain = unverified(facts, context);
  if (holder?.gone === true && context.rehire === "new") {
    const note = `${name(account)} has the same e-mail; most products refuse a second one.`;
    return offDomain === null ? { kind: "new", note } : conflict(account, offDomain);
  }
  const refusal = holder === null ? refuseStranger(account) : refuseHeir(account, holder, context);
  if (refusal !== null) return conflict(account, `${name(account)} ${refusal}`);
  return offDomain === null ? { kind: "adoptable", account, returns: holder !== null } : conflict(account, offDomain);
}

/** Why an account that nobody is linked to may not be adopted. */
function refuseStranger({ role, status }: ObservedAccount): string | null {
  if (role !== "member") return refuseRole(role);
  return status === "deactivated" ? "is deactivated; first contact gives nobody a login." : null;
}

/** Why somebody may not take over the account of the person who holds its link. */
function refuseHeir({ role, status }: ObservedAccount, { gone }: LinkHolder, { rehire }: MatchContext): string | null {
  if (!gone) return "is linked to somebody else.";
  if (rehire !== "link")
    return 'belonged to a person who was deleted; "rehire" in the mapping says whether to link it.';
  if (role !== "member") return refuseRole(role);
  if (status === "deactivated") return null;
  return "still belongs to a person who is leaving; it follows when that account has been shut.";
}

function refuseRole(role: ObservedAccount["role"]): string {
  return `is held by an ${role}; owners and admins are never adopted.`;
}

function holderOf({ linkedTo }: Candidate, user: string): LinkHolder | null {
  return linkedTo === null || linkedTo.user === user ? null : linkedTo;
}

function conflict(account: ObservedAccount | null, reason: string): Match {
  return { kind: "conflict", account, reason };
}

function name(account: ObservedAccount): string {
  return `Account ${account.id}`;
}

function isFilled(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}
