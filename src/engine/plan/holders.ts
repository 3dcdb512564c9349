import type { Candidate, DesiredAccount, LinkHolder, ObservedAccount } from "../../domain/account.ts";
import type { DirectoryId, DirectoryUserId } from "../../domain/directory.ts";
import { ConnectorError } from "../../domain/errors.ts";
import { directoryOfMark, userOfMark } from "../../domain/marker.ts";
import type { Mapping } from "../../mapping/compile.ts";
import { desire } from "../../mapping/desire.ts";
import { sameEmail } from "../../planning/email.ts";
import type { Connector } from "../../ports/connector.ts";
import type { PersonRecord, Workspace } from "../../ports/workspace.ts";
import type { Reading } from "./observe.ts";
import { rivalsOf } from "./rivals.ts";

/** What is needed to know the people behind accounts. */
export interface HolderDeps {
  readonly workspace: Pick<Workspace, "peopleById" | "claimants">;
  readonly connector: Pick<Connector, "normalize" | "capabilities">;
  readonly mapping: Mapping;
  /** In the order of the configuration. */
  readonly directories: readonly DirectoryId[];
}

/** Somebody, and the accounts that may be theirs. */
export interface Asking {
  readonly desired: DesiredAccount;
  readonly observed: Reading;
}

/**
 * The same accounts, in the same order; where one of them is somebody else's, by its link or by our mark on it, with who
 * that is, and whether they have left the directory in which the e-mail was theirs. Nobody is looked up where every account
 * is that of whoever asks.
 */
export async function knowHolders(deps: HolderDeps, asking: readonly Asking[]): Promise<readonly Reading[]> {
  const others = new Set(
    asking.flatMap((one) => candidatesOf(one).flatMap((found) => otherOf(found, one, deps) ?? [])),
  );
  if (others.size === 0) return asking.map(({ observed }) => observed);
  const records = await deps.workspace.peopleById([...others]);
  const known = await leaversAmong(deps, records);
  return asking.map((one) =>
    one.observed instanceof ConnectorError ? one.observed : one.observed.map((found) => named(found, one, deps, known)),
  );
}

interface Known {
  readonly record: PersonRecord;
  readonly desired: DesiredAccount;
  /** Has left, and is active in another directory: leaving shuts nothing. */
  readonly hasLeft: boolean;
}

async function leaversAmong(
  deps: HolderDeps,
  records: readonly PersonRecord[],
): Promise<ReadonlyMap<DirectoryUserId, Known>> {
  const { connector, mapping } = deps;
  const people = records.map((record) => ({ record, desired: connector.normalize(desire(record.person, mapping)) }));
  const rivals = await rivalsOf(
    deps,
    people.map(({ desired: { directory, profile } }) => ({ directory, email: profile.email })),
  );
  return new Map(
    people.map(({ record, desired }, index) => {
      const { user, deletedAt } = record.person;
      const hasLeft = (deletedAt !== null || !user.active) && rivals[index] != null;
      return [desired.user, { record, desired, hasLeft }];
    }),
  );
}

function candidatesOf({ observed }: Asking): readonly Candidate[] {
  return observed instanceof ConnectorError ? [] : observed;
}

/** Whose this account is, if it is somebody else's: by its link, and while it has none, by our mark on it. */
function otherOf({ account, linkedTo }: Candidate, { desired }: Asking, deps: HolderDeps): DirectoryUserId | null {
  const owner = linkedTo === null ? madeFor(account, deps) : linkedTo.user;
  return owner === desired.user ? null : owner;
}

function madeFor({ marker }: ObservedAccount, { directories }: HolderDeps): DirectoryUserId | null {
  const directory = marker === undefined ? null : directoryOfMark(marker);
  return marker === undefined || directory === null || !directories.includes(directory) ? null : userOfMark(marker);
}

function named(
  candidate: Candidate,
  asking: Asking,
  deps: HolderDeps,
  people: ReadonlyMap<DirectoryUserId, Known>,
): Candidate {
  const other = otherOf(candidate, asking, deps);
  const known = other === null ? undefined : people.get(other);
  if (known === undefined) return candidate;
  const holder = toHolder(known, asking.desired);
  if (candidate.linkedTo === null) return { ...candidate, madeFor: holder };
  const hasEnded = deps.connector.capabilities.deactivated === "gone" && isProvedGone(known.record);
  return { ...candidate, linkedTo: hasEnded ? { ...holder, ended: true } : holder };
}

/** Has left, and the account on record was read back as gone. */
function isProvedGone({ person: { user, deletedAt }, link }: PersonRecord): boolean {
  return (deletedAt !== null || !user.active) && link !== null && link.offboardedAt !== null;
}

function toHolder({ record: { person }, desired, hasLeft }: Known, asking: DesiredAccount): LinkHolder {
  const { id: user, userName: label, directory } = person.user;
  // Within one directory, a second person with the e-mail is another person.
  const isSame = directory !== asking.directory && sameEmail(desired.profile.email, asking.profile.email);
  return { user, gone: person.deletedAt !== null, label, directory, ...(hasLeft && isSame ? { hasLeft } : {}) };
}
