import type { AccountLink, Candidate, LinkHolder, ObservedAccount } from "../domain/account.ts";
import { markOf } from "../domain/marker.ts";
import { domainsOf, isOnDomain, sameEmail } from "./email.ts";
import type { PersonFacts, PlanContext } from "./context.ts";
import { foreignDirectory, holderWords, nameAccount, nameHolder } from "./other-side.ts";

/** An account that we made, though nothing is on record. `by`: it carries our mark of this person, or our order for it was lost. */
export interface OwnAccount {
  readonly kind: "relinked";
  readonly account: ObservedAccount;
  readonly by: "mark" | "reply";
}

/** How an account is known to be one that we made. */
export const OWN_PROOF = {
  mark: "the account carries our mark of this person",
  reply: "the answer was lost when an account with this e-mail was made",
} as const satisfies Record<OwnAccount["by"], string>;

/**
 * Which account is this person's.
 *
 * `linked`: the one on record. `relinked`: we made it and lost the record.
 * `adoptable`: it was there before; `returns` when it belonged to somebody who was shut out and whose place this one takes,
 * `from` when it passes, as it is, from somebody who has left another directory, in which they were the same person.
 * `new`: there is none. `missing`: the one on record has vanished. `conflict`: it cannot be told safely; `account` is
 * set when exactly one account is in question.
 */
export type Match =
  | { readonly kind: "linked"; readonly account: ObservedAccount; readonly link: AccountLink }
  | OwnAccount
  | {
      readonly kind: "adoptable";
      readonly account: ObservedAccount;
      readonly returns: boolean;
      readonly from?: LinkHolder;
    }
  | { readonly kind: "new"; readonly note: string | null }
  | { readonly kind: "missing" }
  | { readonly kind: "conflict"; readonly account: ObservedAccount | null; readonly reason: string };

type MatchFacts = Pick<PersonFacts, "directory" | "desired" | "observed" | "link" | "rival" | "tried">;
type MatchContext = Pick<PlanContext, "rehire" | "verifiedDomains" | "changes">;

/**
 * Finds an active person's account: by link, else by our mark, else by external id, else by e-mail. First contact gives
 * nobody a login, a role or another e-mail: what would need that is a conflict.
 */
export function matchAccount(facts: MatchFacts, context: MatchContext): Match {
  const linked = linkedAccount(facts);
  if (linked !== null) return linked;
  const own = ownAccount(facts);
  if (own !== null) return own;
  const { desired, observed, rival } = facts;
  const sameAddress = observed.filter(({ account }) => sameEmail(account.profile.email, desired.profile.email));
  if (desired.profile.email === "") return conflict(null, noEmail(desired.problems));
  if (rival?.listedFirst === true) {
    const claim = `${desired.profile.email} is claimed by directory ${rival.directory}, which is listed first`;
    return conflict(null, [claim, ...sameAddress.map((one) => describe(one, context))].join("; ").concat("."));
  }
  const sameId = observed.filter(
    ({ account }) => isFilled(desired.externalId) && account.externalId === desired.externalId,
  );
  if (sameId.length > 0) return theOnly(sameId, `external id ${desired.externalId}`, facts, context);
  if (sameAddress.length > 0) return theOnly(sameAddress, `e-mail ${desired.profile.email}`, facts, context);
  const refusal = unverified(facts, context);
  if (refusal !== null) return conflict(null, refusal);
  return facts.link === null ? { kind: "new", note: null } : { kind: "missing" };
}

/** A product may give an id again: an account that was proved gone and then made for somebody else is not the one on record. */
function wentOver({ account, linkedTo, madeFor }: Candidate, link: AccountLink | null): boolean {
  if (link === null || link.offboardedAt === null || link.account !== account.id) return false;
  return linkedTo !== null && madeFor !== undefined;
}

/** The account on record, if it still exists. */
export function linkedAccount({
  link,
  observed,
}: Pick<PersonFacts, "link" | "observed">): (Match & { readonly kind: "linked" }) | null {
  if (link === null) return null;
  const candidate = observed.find(({ account }) => account.id === link.account);
  return candidate === undefined || wentOver(candidate, link)
    ? null
    : { kind: "linked", account: candidate.account, link };
}

/** The account that we made for this person without a record of it, by its mark or else by our order. Null when there is none. */
export function ownAccount(facts: Pick<PersonFacts, "desired" | "observed" | "tried" | "link">): Match | null {
  // Whoever is let in again may carry the mark of their earlier life: it is not taken back into that.
  const observed = facts.observed.filter((one) => !wentOver(one, facts.link));
  return markedAccount({ ...facts, observed }) ?? orderedAccount({ ...facts, observed });
}

/**
 * The account that we ordered and of which we heard nothing more, where the product holds no mark: nobody else has it, and
 * it is as we make them. Where that is not certain, it is treated like any other.
 */
function orderedAccount({ observed, tried = [] }: Pick<PersonFacts, "observed" | "tried">): OwnAccount | null {
  const ours = observed.filter(
    ({ account, linkedTo }) =>
      (linkedTo === null || linkedTo.ended === true) &&
      account.role === "member" &&
      account.status !== "deactivated" &&
      tried.some((email) => sameEmail(email, account.profile.email)),
  );
  const [only] = ours;
  return only === undefined || ours.length > 1 ? null : { kind: "relinked", account: only.account, by: "reply" };
}

/** The account that carries our mark of this person: proof that we made it. Null when none does. */
function markedAccount({ desired, observed }: Pick<PersonFacts, "desired" | "observed">): Match | null {
  const marked = observed.filter(({ account }) => account.marker === markOf(desired));
  const [only] = marked;
  if (only === undefined) return null;
  if (marked.length > 1) return conflict(null, `${listed(marked)} carry this person's mark.`);
  const holder = holderOf(only, desired.user);
  const isFree = holder === null || (holder.ended === true && only.account.status !== "deactivated");
  if (isFree) return { kind: "relinked", account: only.account, by: "mark" };
  const reason = `${subject(only.account)} carries this person's mark, but is linked to ${nameHolder(holder)}.`;
  return conflict(only.account, reason);
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
  if (only === undefined || candidates.length > 1) return conflict(null, `${listed(candidates)} have the ${by}.`);
  return admit(only, facts, context);
}

/** First contact with an account that is not on record: adoptable, or why not. */
function admit(candidate: Candidate, facts: MatchFacts, context: MatchContext): Match {
  const { account } = candidate;
  const holder = holderOf(candidate, facts.desired.user);
  const stranger = refuseOther(candidate, holder, facts, context);
  if (stranger !== null) return conflict(account, `${subject(account)} ${stranger}`);
  const offDomain = unverified(facts, context);
  const passesOn = holder !== null && isHandedOver(account, holder);
  if (holder?.gone === true && context.rehire === "new" && !passesOn) {
    const note = `${subject(account)} has the same e-mail; most products refuse a second one.`;
    return offDomain === null ? { kind: "new", note } : conflict(account, offDomain);
  }
  const refusal = holder === null || passesOn ? refuseStranger(account) : refuseHeir(candidate, holder, facts, context);
  if (refusal !== null) return conflict(account, `${subject(account)} ${refusal}`);
  if (offDomain !== null) return conflict(account, offDomain);
  return taken(account, holder, passesOn);
}

function taken(account: ObservedAccount, holder: LinkHolder | null, passesOn: boolean): Match {
  if (holder === null) return { kind: "adoptable", account, returns: false };
  return passesOn
    ? { kind: "adoptable", account, returns: false, from: holder }
    : { kind: "adoptable", account, returns: true };
}

/** Why an account is none of ours to take, whoever asks: another bridge's, or one with another e-mail. */
function refuseOther(
  candidate: Candidate,
  holder: LinkHolder | null,
  { desired }: MatchFacts,
  context: MatchContext,
): string | null {
  const whose = holderWords(candidate, context);
  if (holder === null && foreignDirectory(candidate.account, context) !== null) return `${whose}: it is left alone.`;
  if (sameEmail(candidate.account.profile.email, desired.profile.email)) return null;
  return `has this person's external id but another e-mail, and ${whose}; first contact changes no e-mail.`;
}

/** Who has left one directory and is active in another keeps the account: nothing was shut, and the link passes on. */
function isHandedOver({ status }: ObservedAccount, { hasLeft }: LinkHolder): boolean {
  return hasLeft === true && status !== "deactivated";
}

/** Why an account that nobody holds may not be adopted. */
function refuseStranger({ role, status }: ObservedAccount): string | null {
  if (role !== "member") return refuseRole(role);
  return status === "deactivated" ? "is deactivated; first contact gives nobody a login." : null;
}

/** Why somebody may not take over the account of the person who holds it. */
function refuseHeir(
  candidate: Candidate,
  holder: LinkHolder,
  { directory }: Pick<MatchFacts, "directory">,
  context: MatchContext,
): string | null {
  const { role } = candidate.account;
  if (!holder.gone && holder.hasLeft !== true) return `${holderWords(candidate, context)}.`;
  if (context.rehire !== "link") {
    const fate = holder.gone ? "was deleted" : "has left";
    return `belonged to ${nameHolder(holder)}, who ${fate}; "rehire" in the mapping says whether to link it.`;
  }
  if (role !== "member") return refuseRole(role);
  // Of whoever is active in another directory nothing is taken: there is nothing to wait for.
  const isTakenFrom = holder.directory === undefined || holder.directory === directory;
  if (isTakenFrom ? isEmptied(candidate.account, context) : candidate.account.status === "deactivated") return null;
  return `still belongs to ${nameHolder(holder)}, who is leaving; it follows when that account has been shut.`;
}

/** Shut, and without what a leaver gives up: an heir who came before that would be taken for one who lost it by hand. */
function isEmptied({ status, seat, groups }: ObservedAccount, { changes }: MatchContext): boolean {
  if (status !== "deactivated") return false;
  return (seat === null || !changes.has("release-seat")) && (groups.length === 0 || !changes.has("remove-from-group"));
}

function refuseRole(role: ObservedAccount["role"]): string {
  return `is held by an ${role}; owners and admins are never adopted.`;
}

/** Somebody else who has this account: by its link, or, while it has none, by the mark of somebody whom we know. */
function holderOf({ linkedTo, madeFor }: Candidate, user: string): LinkHolder | null {
  const holder = linkedTo ?? madeFor ?? null;
  return holder === null || holder.user === user ? null : holder;
}

function conflict(account: ObservedAccount | null, reason: string): Match {
  return { kind: "conflict", account, reason };
}

/** An account at the beginning of a sentence. */
function subject(account: ObservedAccount): string {
  return nameAccount(account).replace(/^a/, "A");
}

function describe(candidate: Candidate, context: MatchContext): string {
  return `${nameAccount(candidate.account)} ${holderWords(candidate, context)}`;
}

function listed(candidates: readonly Candidate[]): string {
  const names = candidates.map(({ account: { id, profile } }) => `${id} (${profile.email})`);
  return `${candidates.length} accounts, ${names.join(", ")},`;
}

function isFilled(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}
