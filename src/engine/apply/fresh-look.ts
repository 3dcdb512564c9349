import type { AccountLink, ObservedAccount } from "../../domain/account.ts";
import { markOf } from "../../domain/marker.ts";
import type { PersonPlan } from "../../domain/plan.ts";
import { emailKey } from "../../domain/email-key.ts";
import type { PeopleRun } from "./people-run.ts";

/**
 * Whether the account of a leaver is still as it was planned with, read by itself before anything is taken from it: a
 * listing of everybody is minutes old by then. False when it is gone, opened or shut by hand, renamed, or held by somebody
 * who is protected by now. True without a read where each account was read for its plan anyway. Throws ConnectorError.
 */
export async function isAsPlanned(run: PeopleRun, plan: PersonPlan, link: AccountLink | null): Promise<boolean> {
  if (run.isFresh || plan.cause !== "leaver" || link === null) return true;
  if (!plan.changes.some(({ kind }) => kind !== "adopt-account")) return true;
  const planned = await spooled(run, plan, link);
  if (planned === undefined) return true;
  const found = await run.connector.find({ account: link.account, email: planned.profile.email }, run.signal, true);
  const now = found.find(({ id }) => id === link.account);
  return now !== undefined && isSame(planned, now) && !isProtected(run, now);
}

async function spooled(
  { workspace }: PeopleRun,
  { user, directory, label }: PersonPlan,
  { account }: AccountLink,
): Promise<ObservedAccount | undefined> {
  const key = { user, account, marker: markOf({ user, directory }), externalId: null, email: label };
  const [candidates = []] = await workspace.candidates([key]);
  return candidates.find((candidate) => candidate.account.id === account)?.account;
}

function isSame(planned: ObservedAccount, now: ObservedAccount): boolean {
  return planned.status === now.status && emailKey(planned.profile.email) === emailKey(now.profile.email);
}

function isProtected(run: PeopleRun, { role, profile }: ObservedAccount): boolean {
  return role !== "member" || run.protected.accounts.has(emailKey(profile.email));
}
