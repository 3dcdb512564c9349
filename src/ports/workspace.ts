import type { AccountId, AccountLink, Candidate, ObservedAccount } from "../domain/account.ts";
import type { DirectoryId, DirectoryUserId, Person } from "../domain/directory.ts";
import type { PersonPlan } from "../domain/plan.ts";

/** A staged person and, if there is one, the link to an account. */
export interface PersonRecord {
  readonly person: Person;
  readonly link: AccountLink | null;
  /** The account of the link, where it was spooled and was read along. */
  readonly account?: SpooledAccount;
}

/** A linked account as it was spooled. `alone`: no other one has its marker, its external id or its e-mail (without case). */
export interface SpooledAccount {
  readonly candidate: Candidate;
  readonly alone: boolean;
}

/** By what a person's account may be recognised. */
export interface CandidateKey {
  readonly user: DirectoryUserId;
  readonly account: AccountId | null;
  readonly marker: string;
  readonly externalId: string | null;
  readonly email: string;
  /** The account with `account` as its id, where it is known already: what it answers need not be searched. */
  readonly known?: SpooledAccount | undefined;
}

/** Somebody who has an address. */
export interface Claimant {
  readonly directory: DirectoryId;
  readonly user: DirectoryUserId;
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
  /**
   * Everybody staged in any directory, tombstones included, in the order in which they came, in pages of a few hundred; one
   * snapshot. Their accounts are read along.
   */
  people(): AsyncIterable<readonly PersonRecord[]>;
  /** These people, by id; unknown ids are left out. Also finds tombstones. Nothing is told of what was spooled. */
  peopleById(ids: readonly DirectoryUserId[]): Promise<readonly PersonRecord[]>;
  /**
   * For each key, in order, the spooled accounts with its account id, its marker (that of the person), its externalId, or its
   * e-mail (without case), each once, with who holds their link.
   */
  candidates(keys: readonly CandidateKey[]): Promise<readonly (readonly Candidate[])[]>;
  /** Who holds the links to these accounts. For accounts that were read one by one. */
  holders(accounts: readonly ObservedAccount[]): Promise<readonly Candidate[]>;
  /**
   * Who is linked to an account in the group of this name, as links say it, and was not shut out: at most `limit`, by
   * account id, those after `account` first. The cost must not grow with the number of people.
   */
  peers(group: string, account: AccountId, limit: number): Promise<readonly DirectoryUserId[]>;
  /** Per e-mail, in the order asked, everybody active who has it as userName or e-mail, in any directory. */
  claimants(emails: readonly string[]): Promise<readonly (readonly Claimant[])[]>;
  /**
   * Puts person plans into settling order: leavers (cause "leaver") first, then those with a seat claim by seat, rank,
   * since, user; then the rest by user. Constant memory.
   */
  inSettlingOrder(plans: AsyncIterable<PersonPlan>): AsyncIterable<PersonPlan>;
  /** Spools what the fold yields; the answer reads it back as often as needed, in the same order. Replaces the plan before. */
  savePlan<R>(people: AsyncGenerator<PersonPlan, R, void>): Promise<SavedPlan<R>>;
  close(): Promise<void>;
}
