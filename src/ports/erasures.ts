import type { AccountLink } from "../domain/account.ts";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryId, DirectoryUser, DirectoryUserId } from "../domain/directory.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Change } from "../domain/plan.ts";
import type { AuditEvent } from "./directory-tx.ts";
import type { Lease } from "./leases.ts";
import type { AuditRecord, ChainPoint } from "./records.ts";

/** One life of a person, as it is staged. */
export interface Life {
  readonly user: DirectoryUser;
  readonly deletedAt: Instant | null;
}

/** What is on record of a person, as far as it decides whether they can be forgotten. */
export interface Dossier {
  /** The newest life first; before it those whose place it took, in any order. */
  readonly lives: readonly Life[];
  /** Who took this person's place since; null: nobody. */
  readonly inheritedBy: DirectoryUserId | null;
  readonly forgottenAt: Instant | null;
  readonly link: AccountLink | null;
  /** Other people who are staged under one of their names or addresses. */
  readonly namesakes: readonly {
    readonly user: DirectoryUserId;
    readonly directory: DirectoryId;
    readonly active: boolean;
  }[];
  /** Somebody is to look at them, or failed to carry out something, or holds something back. */
  readonly underWay: "wake" | "failure" | "held" | null;
}

/** Where else texts of a person stand. */
export interface Mentions {
  /** Rows of the audit log with a reason that holds one of them. */
  readonly audit: readonly AuditRecord[];
  /** Places in the journal of bookings that other people's changes handed over to somebody of whom they hold a text. */
  readonly handedOver: readonly number[];
  /** Versions of the mapping whose document holds one of them. */
  readonly mappingVersions: readonly number[];
  /** Other people whose staged attributes hold one of them, such as those whose manager they were. */
  readonly people: number;
}

/** A journal entry as it is to be kept. */
export interface ErasedEntry {
  readonly id: string;
  readonly key: string;
  readonly change: Change;
  readonly error: string | null;
}

/** A row of the audit log as it is to be kept. */
export interface ErasedRow extends ChainPoint {
  readonly detail: JsonObject;
  /** SHA-256 of the detail that goes. */
  readonly erased: string;
}

/** What is to become of everything that is kept of one person. */
export interface ErasureOrder {
  readonly lives: readonly Life[];
  readonly at: Instant;
  readonly journal: readonly ErasedEntry[];
  /** By the proof's time. */
  readonly proofs: readonly { readonly at: Instant; readonly document: JsonObject }[];
  readonly audit: readonly ErasedRow[];
  /** Texts to be taken out of whatever else holds them: other people's holds, reasons, and `handedOver`. */
  readonly texts: readonly string[];
  readonly handedOver: readonly number[];
  readonly event: AuditEvent;
}

/** Erasing what is kept of one person. */
export interface Erasures {
  /** Null when this person was not forgotten. */
  forgottenAt(user: DirectoryUserId): Promise<Instant | null>;
  /** Undefined for an id that is not known. */
  dossier(user: DirectoryUserId): Promise<Dossier | undefined>;
  /** `lives`: whose own records are not counted. */
  mentions(texts: readonly string[], lives: readonly DirectoryUserId[]): Promise<Mentions>;
  /**
   * Carries it out as one unit, with the row of the audit log that tells of it: ids, times, kinds and counts stay, whoever
   * was still visible over SCIM is deleted. Throws LeaseLostError when the lease was taken over, RunInProgressError while a
   * run is under way, of whatever process, VersionConflictError when the IdP has pushed one of these lives meanwhile.
   */
  forget(lease: Lease, order: ErasureOrder): Promise<void>;
  /** Whether erased text may still be in free places of the database file. */
  needsScrub(): Promise<boolean>;
  /** Rewrites the file without its free places. Resolves to false when others read it all the while: try again later. */
  scrub(): Promise<boolean>;
}
