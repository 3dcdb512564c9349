import type { Brand, Instant } from "./brand.ts";
import type {
  AccountId,
  AccountLink,
  AccountProfile,
  BookingId,
  Completeness,
  DesiredAccount,
  Entitlements,
  ProductGroupId,
  Remembered,
  Seat,
} from "./account.ts";
import type { DirectoryId, DirectoryUserId } from "./directory.ts";

/** Twelve hexadecimal digits: equal plans have equal digests, whatever the time, the revision or the order of people. */
export type PlanDigest = Brand<string, "PlanDigest">;

/** Why a change is planned. */
export type Cause = "joiner" | "mover" | "leaver" | "rehire" | "drift";

/** An account by its id, or, before it exists, by the person it will belong to. */
export type AccountRef =
  { readonly by: "id"; readonly id: AccountId } | { readonly by: "user"; readonly user: DirectoryUserId };

/** A product group by its id, or, before it exists, by its name alone. The name is always there, for people to read. */
export type GroupRef =
  | { readonly by: "id"; readonly id: ProductGroupId; readonly name: string }
  | { readonly by: "name"; readonly name: string };

interface Base<K extends string> {
  readonly kind: K;
  readonly cause: Cause;
  /** Names of the mapping rules, or the statement of the IdP, behind this change. */
  readonly because: readonly string[];
}
interface OnAccount {
  readonly account: AccountId;
}
interface OnSeat {
  readonly account: AccountRef;
  readonly seat: Seat;
}
interface OnGroup {
  readonly account: AccountRef;
  readonly group: GroupRef;
}
interface OnBooking {
  readonly account: AccountId;
  readonly booking: BookingId;
  readonly startsAt: Instant;
  readonly guests: number;
}

/** One change to what one person has in the product. */
export type PersonChange =
  | (Base<"create-account"> & { readonly desired: DesiredAccount })
  | (Base<"adopt-account"> &
      OnAccount & {
        readonly origin: AccountLink["origin"];
        readonly profile: AccountProfile;
        /** What the account has at first contact; absent in what older versions journalled. */
        readonly entitlements?: Entitlements;
      })
  | (Base<"reactivate-account"> & OnAccount)
  | (Base<"update-account"> & OnAccount & { readonly before: AccountProfile; readonly after: AccountProfile })
  | (Base<"deactivate-account"> & OnAccount)
  | (Base<"delete-account"> & OnAccount)
  | (Base<"assign-seat"> & OnSeat)
  | (Base<"release-seat"> & OnSeat)
  | (Base<"add-to-group"> & OnGroup)
  | (Base<"remove-from-group"> & OnGroup)
  | (Base<"cancel-booking"> & OnBooking)
  | (Base<"reassign-booking"> &
      OnBooking & {
        readonly to: AccountId;
        /** E-mail of whoever takes over, for people to read. Not in the digest. */
        readonly toLabel?: string;
      });

/** A change that belongs to no person. */
export type GroupChange = Base<"create-group"> & { readonly name: string };

export type Change = PersonChange | GroupChange;
export type ChangeKind = Change["kind"];

/** Whether a leaver's bookings are cancelled before or after the account is shut; declared by each connector. */
export type BookingOrder = "bookings-first" | "deactivate-first";

const LEAVE = {
  "reassign-booking": 2,
  "cancel-booking": 3,
  "remove-from-group": 4,
  "release-seat": 5,
  "delete-account": 7,
} as const;
const ARRIVE = {
  "adopt-account": 8,
  "create-account": 9,
  "reactivate-account": 10,
  "update-account": 11,
  "assign-seat": 12,
  "add-to-group": 13,
} as const;

/** Order within one person. Across people: create-group, then leavers, so that freed seats serve joiners, then the rest. */
export const RANK = {
  "bookings-first": { "create-group": 0, ...LEAVE, "deactivate-account": 6, ...ARRIVE },
  "deactivate-first": { "create-group": 0, "deactivate-account": 1, ...LEAVE, ...ARRIVE },
} as const satisfies Record<BookingOrder, Record<ChangeKind, number>>;

/** Every kind of change, in the order in which a summary names them. */
export const CHANGE_KINDS: readonly ChangeKind[] = [
  "create-group",
  "create-account",
  "adopt-account",
  "reactivate-account",
  "update-account",
  "assign-seat",
  "add-to-group",
  "remove-from-group",
  "release-seat",
  "deactivate-account",
  "delete-account",
  "cancel-booking",
  "reassign-booking",
];

/** Let through only once the observation is known to be complete. A direct read of one account is complete for that person. */
export const NEEDS_COMPLETE_OBSERVATION: ReadonlySet<ChangeKind> = new Set<ChangeKind>([
  "create-account",
  "adopt-account",
  "deactivate-account",
  "delete-account",
  "release-seat",
  "remove-from-group",
  "cancel-booking",
  "reassign-booking",
]);

/** Why a change is not let through. */
export type Hold =
  | "unsupported"
  | "mode"
  /** The database came back from a backup, and nobody has let the bridge act on what it knows (`resume`). */
  | "restored"
  | "over-limit"
  | "protected-account"
  | "observation-incomplete"
  | "identity-conflict"
  | "no-free-seat"
  /** A field that was put back before and is edited in the product again and again: left to people. */
  | "contested"
  /** The grace before an irreversible step is not over (`leavers.bookings.delay`). */
  | "delayed"
  | "waits-for-held";

/** A change that is shown but not carried out. `detail` is a whole sentence for people. */
export interface Held {
  readonly change: PersonChange;
  readonly hold: Hold;
  readonly detail: string;
  /** Whose renaming, in the same plan, lets this pass after all; only on an e-mail that is still theirs. */
  readonly after?: DirectoryUserId;
}

/**
 * What would be done for one person. `changes` are in RANK order, then by change key.
 *
 * People with nothing to do, nothing held and nothing to note are left out of a plan.
 */
export interface PersonPlan {
  readonly user: DirectoryUserId;
  readonly directory: DirectoryId;
  /** Version of the staged user this was planned from: an apply skips a person whose version has moved on. Not in the digest. */
  readonly version: number;
  /** E-mail for people to read. */
  readonly label: string;
  readonly cause: Cause | null;
  readonly changes: readonly PersonChange[];
  readonly held: readonly Held[];
  /** Place in the queue for a seat (rule order, then staging time); null when no seat is asked for. */
  readonly seatClaim: SeatClaim | null;
  /** What is worth knowing though it changes nothing, such as attribute values no rule names. */
  readonly notes: readonly string[];
  /** A leaver with nothing left to change whose account is still to be read back and proved shut; `changes` and `held` are empty. */
  readonly confirms?: true;
  /** An e-mail that this plan gives is still that of the account of this person, who has to be renamed first. Not in the digest. */
  readonly after?: DirectoryUserId;
  /**
   * Set while e-mails go round in a circle: the id of the person who steps aside to a parking address, the same for all of
   * the circle, who come one after the other; that person comes twice. All of their renames pass, or none. Not in the digest.
   */
  readonly ring?: DirectoryUserId;
  /** When what is `delayed` becomes due, so that the person is looked at again. Not in the digest. */
  readonly dueAt?: Instant;
  /** Set for leavers: when the word came by which they leave, the IdP's or that of a mapping edit. Not in the digest. */
  readonly leftAt?: Instant;
  /**
   * What the link is to remember before anything is changed: where directory and product agree by now though we wrote
   * nothing. Only where it differs from what the link holds. Not in the digest.
   */
  readonly remember?: Remembered;
  /** A mapping edit, not the IdP, makes this person a leaver: held until approved or released. */
  readonly needsApproval?: true;
}

/** A wish for a seat, with what decides its place in the queue. */
export interface SeatClaim {
  readonly seat: Seat;
  readonly rank: number;
  readonly since: Instant;
}

/** Names of the limits, as in the configuration (`limits.<name>`). */
export type LimitName =
  "deactivate" | "delete" | "cancelBookings" | "removeFromGroup" | "releaseSeat" | "update" | "create" | "adopt";

/** `allowed = max(floor, min(max, percent of linked people))` over a rolling window of 24 h; `percent` null: no share. */
export interface Limit {
  readonly floor: number;
  readonly max: number;
  readonly percent: number | null;
}
export type Limits = Readonly<Record<LimitName, Limit>>;

/** Changes per limit: those of a plan, or those spent in the last 24 h. */
export type LimitCounts = Readonly<Record<LimitName, number>>;

/** No changes under any limit. */
export const ZERO_COUNTS: LimitCounts = {
  deactivate: 0,
  delete: 0,
  cancelBookings: 0,
  removeFromGroup: 0,
  releaseSeat: 0,
  update: 0,
  create: 0,
  adopt: 0,
};

/** A limit that a plan would exceed, so that all of its changes under that limit are held. */
export interface Breach {
  readonly limit: LimitName;
  /** Changes of this plan under the limit. */
  readonly planned: number;
  /** Changes already made in the last 24 h. */
  readonly spent: number;
  readonly allowed: number;
  /** `budget`: over `allowed`. `last-account`: nobody active would be left. */
  readonly rule: "budget" | "last-account";
}

/** Who waits for a seat, first served first. */
export interface Waiting {
  readonly user: DirectoryUserId;
  readonly label: string;
  readonly seat: Seat;
  /** Counts from 1. */
  readonly place: number;
  readonly reason: string;
}

/** Changes that may pass, those that may not, and how many guests would be told. */
export interface Tally {
  readonly counts: Readonly<Record<ChangeKind, number>>;
  readonly held: Readonly<Record<Hold, number>>;
  readonly guests: number;
}

/** Everything about a plan but its people. */
export interface PlanSummary {
  readonly digest: PlanDigest;
  /** Set where the plan is for some people only: it cannot be approved. */
  readonly isPartial?: true;
  readonly directories: readonly DirectoryId[];
  readonly product: string;
  /** Staged people looked at, tombstones included. */
  readonly people: number;
  readonly linked: number;
  readonly basis: {
    readonly mappingVersion: number;
    readonly observedAt: Instant;
    readonly observation: Completeness;
  };
  /** Groups that would be created now. */
  readonly groups: readonly GroupChange[];
  /** What would be carried out now, and what is held. */
  readonly tally: Tally;
  readonly breaches: readonly Breach[];
  readonly waiting: readonly Waiting[];
}

/** A plan is a value: spooled, read as often as needed, the same in dry run and apply. */
export interface Plan {
  readonly summary: PlanSummary;
  people(): AsyncIterable<PersonPlan>;
}
