import type { AccountLink } from "../domain/account.ts";
import type { DirectoryUserId } from "../domain/directory.ts";
import type { Lease } from "./leases.ts";

/** Who is who. A person has at most one link, an account at most one person. */
export interface Links {
  get(user: DirectoryUserId): Promise<AccountLink | undefined>;
  /** How many there are, and how many of them are not those of offboarded people. */
  count(): Promise<{ readonly all: number; readonly active: number }>;
  /** Per group of the product, how many people who were not shut out are in it, as their links say it. */
  groupSizes(): Promise<ReadonlyMap<string, number>>;
  /** Inserts or replaces, as one unit. Throws LeaseLostError when the lease was taken over. */
  put(lease: Lease, links: readonly AccountLink[]): Promise<void>;
}
