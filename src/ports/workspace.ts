import type { AccountId, AccountLink, Candidate, ObservedAccount } from "../domain/account.ts";
import type { DirectoryId, DirectoryUserId, Person } from "../domain/directory.ts";
import type { PersonPlan } from "../domain/plan.ts";

/** A staged person and, if there is one, the link to an account. */
export interface PersonRecord {
  readonly person: Person;
  readonly link: AccountLink | null;
}

/** By what a person's account may be recognised. */
export interface CandidateKey {
  readonly user: DirectoryUserId;
  readonly account: AccountId | null;
  readonly marker: string;
  readonly externalId: string | null;
  readonly email: string;
}

/** A fold's people, on disk, and what it returned at its end. */
export interface SavedPlan<R> {
  readonly result: R;
  people(): AsyncIterable<PersonPlan>;
}

/** One run's private, disk-backed place. Holds pages, never everybody. Not shared, not durable, not in anybody's way. */
export interface Workspace {
  /**
   * Replaces the spooled observation. Returns how many accounts came, and whether an id came twice.
   * Passes an error of `pages` on.
   */
  spool(
    pages: AsyncIterable<readonly ObservedAccount[]>,
  ): Promise<{ readonly accounts: number; readonly duplicateId: string | null }>;
  /** Accounts in the spool that are active or pending: all of them, and those that nobody is linked to. */
  activeAccounts(): Promise<{ readonly all: number; readonly unlinked: number }>;
  /** Everybody staged in any directory, tombstones included, by id, in pages of at most 1,000; one snapshot. */
  people(): AsyncIterable<readonly PersonRecord[]>;
  /** These people, by id; unknown ids are left out. Also finds tombstones. */
  peopleById(ids: readonly DirectoryUserId[]): Promise<readonly PersonRecord[]>;
  /**
   * For each key, in order, the spooled accounts with its account id, its marker (that of the person), its externalId, or its
   * e-mail (without case), each once, with who holds their link.
   */
  candidates(keys: readonly CandidateKey[]): Promise<readonly (readonly Candidate[])[]>;
  /** Who holds the links to these accounts. For accounts that were read one by one. */
  holders(accounts: readonly ObservedAccount[]): Promise<readonly Candidate[]>;
  /** Per e-mail, in the order asked, the directories in which somebody active has it as userName or e-mail. */
  claimants(emails: readonly string[]): Promise<readonly (readonly DirectoryId[])[]>;
  /**
   * Puts person plans into settling order: leavers (cause "leaver") first, then those with a seat claim by seat, rank,
   * since, user; then the rest by user. Constant memory.
   */
  inSettlingOrder(plans: AsyncIterable<PersonPlan>): AsyncIterable<PersonPlan>;
  /** Spools what the fold yields; the answer reads it back as often as needed, in the same order. Replaces the plan before. */
  savePlan<R>(people: AsyncGenerator<PersonPlan, R, void>): Promise<SavedPlan<R>>;
  close(): Promise<void>;
}
