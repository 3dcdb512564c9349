import type { Seat } from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import type { DirectoryId, DirectoryUserId } from "../../domain/directory.ts";
import type { ProfileField } from "../../planning/diff.ts";
import type { OnProgress } from "../progress.ts";

/** How a preview is made. */
export interface PreviewRequest {
  /** Asks the product nothing: compares over what is staged, and what links remember, alone. */
  readonly stagedOnly: boolean;
  readonly signal: AbortSignal;
  /** Hears how far listing and comparing have come. */
  readonly onProgress?: OnProgress;
  /** Told of everybody for whom the edit changes something, in the order in which they were staged; waited for. */
  onMove(move: PersonMove): void | Promise<void>;
}

/**
 * What becomes of an account by the edit. `leaves`: it is shut. `comes-in`: it is made, linked or opened again. `stays`: it
 * would have been shut. `stays-out`: it would have been made.
 */
export type AccountMove = "leaves" | "comes-in" | "stays" | "stays-out";

/** What the edit changes for one person: what they have under the edit, beside what they have under the saved mapping. */
export interface PersonMove {
  readonly user: DirectoryUserId;
  readonly directory: DirectoryId;
  /** E-mail, or userName, for people to read. */
  readonly label: string;
  readonly account: AccountMove | null;
  readonly joins: readonly string[];
  readonly leaves: readonly string[];
  readonly seat: { readonly from: Seat | null; readonly to: Seat | null } | null;
  readonly fields: readonly FieldMove[];
  /** Held until somebody approves it, since the edit makes them a leaver. */
  readonly needsApproval: boolean;
  /** Why parts of it would not be carried out, as whole sentences. */
  readonly held: readonly string[];
}

/** A field of the profile; null: not ours, so that it is left as it is. */
export interface FieldMove {
  readonly field: ProfileField;
  readonly from: string | null;
  readonly to: string | null;
}

/** What becomes of one group that a rule of either mapping names. */
export interface GroupPreview {
  readonly group: string;
  /** Staged people in it under the saved mapping, and under the edit. */
  readonly before: number;
  readonly after: number;
  readonly joins: number;
  readonly leaves: number;
  /** It is not in the product, and would be made; null: the product was not asked. */
  readonly isCreated: boolean | null;
  /** Somebody is in it, and nobody would be. */
  readonly isEmptied: boolean;
  /** Its membership becomes the bridge's, or is no longer. */
  readonly ruling: "begins" | "ends" | null;
}

/** Seats of one pool that the mapping gives. */
export interface SeatPreview {
  readonly seat: Seat;
  readonly before: number;
  readonly after: number;
  /** Seats that there are; null: nobody says. */
  readonly total: number | null;
}

/** A value that no rule of the edit names, as `attribute: value`, and how many people carry it. */
export interface UnmappedValue {
  readonly value: string;
  readonly people: number;
  /** The same under the saved mapping. */
  readonly before: number;
}

/** What an edit would change: the plan under it minus the plan under the saved mapping, over one look at the product. */
export interface MappingPreview {
  /** Version of the saved mapping. */
  readonly savedVersion: number;
  /** When the product was looked at; null: it was not. */
  readonly observedAt: Instant | null;
  /** Why it was compared over what is staged alone; null: it was not. */
  readonly whyStagedOnly: string | null;
  /** Staged people looked at, tombstones included. */
  readonly people: number;
  readonly totals: PreviewTotals;
  /** Sorted by name. */
  readonly groups: readonly GroupPreview[];
  readonly seats: readonly SeatPreview[];
  /** Those that most people carry first; at most `MOST_VALUES`. */
  readonly unmapped: readonly UnmappedValue[];
  /** People who carry values beyond those. */
  readonly unmappedBeyond: number;
  /** Places of rules of the edit that put nobody anywhere, such as `groups.rules[2]`. */
  readonly idleRules: readonly string[];
  readonly takeover: TakeoverPreview;
}

/** How many people something happens to. */
export interface PreviewTotals {
  /** People for whom anything changes. */
  readonly moves: number;
  readonly leave: number;
  readonly comeIn: number;
  readonly stay: number;
  readonly stayOut: number;
  readonly joinGroups: number;
  readonly leaveGroups: number;
  readonly gainSeat: number;
  readonly loseSeat: number;
  readonly fields: number;
  readonly needApproval: number;
  readonly held: number;
}

/** Groups that become the bridge's. */
export interface TakeoverPreview {
  readonly groups: readonly string[];
  /** No group was the bridge's before. */
  readonly isFirst: boolean;
  /** People who are in one of them today and would be taken out of it. */
  readonly takenOut: number;
}

/** Values without a rule that are told one by one. */
export const MOST_VALUES = 1_000;
