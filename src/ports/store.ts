import type { DirectoryId, DirectoryUserId } from "../domain/directory.ts";
import type { Alerts } from "./alerts.ts";
import type { Census } from "./census.ts";
import type { DirectoryReadTx, DirectoryWriteTx } from "./directory-tx.ts";
import type { Erasures } from "./erasures.ts";
import type { Holds } from "./holds.ts";
import type { Journal } from "./journal.ts";
import type { Leases } from "./leases.ts";
import type { Links } from "./links.ts";
import type { Evidence, Mappings } from "./records.ts";
import type { Restorations } from "./restorations.ts";
import type { RetentionStore } from "./retention.ts";
import type { Tokens } from "./tokens.ts";
import type { Wakes } from "./wakes.ts";
import type { Workspace } from "./workspace.ts";

/**
 * What a unit will look at: the user that it changes, or the name and key of the one that it makes. A hint: units that
 * share a commit look these up together, and what is left out is looked up when it is asked for.
 */
export interface Announcement {
  readonly user?: DirectoryUserId;
  readonly userName?: string;
  readonly externalId?: string;
}

/** Where everything is kept. Every implementation must pass `test/contracts/store.ts`. */
export interface Store {
  /**
   * Reads one directory, and must not see any other. Each answer is of the newest state that was committed; two answers,
   * or a user and the groups beside them, may be of two.
   */
  read<T>(directory: DirectoryId, work: (tx: DirectoryReadTx) => Promise<T>): Promise<T>;
  /**
   * One unit: all of it or nothing. Must resolve only after its commit is durable. A unit whose work throws leaves no
   * trace and does not harm other units that share its commit.
   * Throws StoreBusyError when a lock could not be had in time, StoreUnavailableError when the disk refuses.
   */
  write<T>(directory: DirectoryId, work: (tx: DirectoryWriteTx) => Promise<T>, announced?: Announcement): Promise<T>;
  readonly leases: Leases;
  readonly journal: Journal;
  readonly links: Links;
  readonly wakes: Wakes;
  readonly holds: Holds;
  readonly tokens: Tokens;
  readonly alerts: Alerts;
  readonly mappings: Mappings;
  readonly evidence: Evidence;
  readonly census: Census;
  readonly restorations: Restorations;
  readonly erasures: Erasures;
  readonly retention: RetentionStore;
  /** A private place for one run's observation and plan. Must be closed by its user; vanishes with the process. */
  openWorkspace(): Promise<Workspace>;
  /** Resolves when the store can be written. Throws StoreUnavailableError or StoreBusyError with the reason. */
  probe(): Promise<void>;
  /** What `status` and the log tell of the store. */
  describe(): { readonly driver: string; readonly version: string; readonly location: string };
  close(): Promise<void>;
}
