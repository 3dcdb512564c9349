import type { Candidate, LinkHolder } from "../../domain/account.ts";
import type { DirectoryUserId } from "../../domain/directory.ts";
import { ConnectorError } from "../../domain/errors.ts";
import { markOf } from "../../domain/marker.ts";
import { sameEmail } from "../../planning/email.ts";
import type { PersonFacts } from "../../planning/context.ts";
import type { Journal, JournalEntry } from "../../ports/journal.ts";
import type { CandidateKey, Workspace } from "../../ports/workspace.ts";

/** Accounts that may be somebody's, in the order of the keys; an error where the product refused to tell. */
interface CandidateSearch {
  candidates(keys: readonly CandidateKey[]): Promise<readonly (readonly Candidate[] | ConnectorError)[]>;
}

const BRINGS_IN: readonly string[] = ["create-account", "adopt-account"];

/**
 * E-mails under which an account may have been made for somebody without our learning of it: by creates of which nobody knows
 * what came of them, since an account was last put on record for this person. Not by those that certainly failed.
 */
export function triedEmails(entries: readonly JournalEntry[]): readonly string[] {
  const known = entries.findLastIndex(
    ({ change, state }) => BRINGS_IN.includes(change.kind) && (state === "changed" || state === "already-so"),
  );
  const emails = entries
    .slice(known + 1)
    .flatMap(({ change, state }) =>
      change.kind === "create-account" && (state === "unknown" || state === "intent")
        ? [change.desired.profile.email]
        : [],
    );
  return [...new Set(emails)];
}

/**
 * Somebody else active, without an account on record, for whom we ordered one with this e-mail and do not know what came of
 * it; null where there is nobody. Costs a look into the journal for each who has the address.
 */
export async function orderedFor(
  email: string,
  self: DirectoryUserId,
  workspace: Pick<Workspace, "claimants" | "peopleById">,
  journal: Pick<Journal, "entries">,
): Promise<LinkHolder | null> {
  const [claimants = []] = await workspace.claimants([email]);
  const others = claimants.flatMap(({ user }) => (user === self ? [] : user));
  for (const { person, link } of others.length === 0 ? [] : await workspace.peopleById(others)) {
    const { id: user, userName: label, directory } = person.user;
    const tried = link === null ? triedEmails(await journal.entries(user)) : [];
    if (tried.some((one) => sameEmail(one, email))) return { user, gone: false, label, directory };
  }
  return null;
}

/**
 * The facts with these e-mails and the accounts that have one of them: whoever was renamed since is not found by the new
 * address. Returns the fault where the product would not tell.
 */
export async function withTried(
  facts: PersonFacts,
  tried: readonly string[],
  { candidates }: CandidateSearch,
): Promise<PersonFacts | ConnectorError> {
  if (tried.length === 0) return facts;
  const { user, directory } = facts.desired;
  const unseen = tried.filter(
    (email) => !facts.observed.some(({ account }) => sameEmail(account.profile.email, email)),
  );
  const marker = markOf({ user, directory });
  const keys = unseen.map((email): CandidateKey => ({ user, account: null, marker, externalId: null, email }));
  let { observed } = facts;
  for (const reading of keys.length === 0 ? [] : await candidates(keys)) {
    if (reading instanceof ConnectorError) return reading;
    const known = new Set(observed.map(({ account }) => account.id));
    observed = [...observed, ...reading.filter(({ account }) => !known.has(account.id))];
  }
  return { ...facts, observed, tried };
}
