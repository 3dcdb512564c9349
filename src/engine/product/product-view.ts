import type { ProductGroupId, Seat } from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import type { SeatHandling } from "../../domain/handling.ts";
import type { Waiting } from "../../domain/plan.ts";

/** A group of the product, or one that the mapping names. */
export interface ProductGroup {
  readonly name: string;
  /** Null while the product has none of this name. */
  readonly id: ProductGroupId | null;
  readonly exists: boolean;
  /** A rule of the mapping names it. */
  readonly managed: boolean;
  /** The rules that put people there, as `explain` names them; empty unless it is managed. */
  readonly rules: readonly string[];
  /** People who are in it as far as the bridge knows: those whom it put there, or found there at first contact. */
  readonly people: number;
  /** It is not there, and is made as soon as somebody is to be put there. */
  readonly willBeCreated: boolean;
}

/** The groups of the product beside those of the mapping, at one moment. */
export interface ProductGroups {
  readonly product: string;
  readonly readAt: Instant;
  readonly mappingVersion: number;
  /** Whether members of managed groups whom no rule put there are taken out. */
  readonly authoritative: boolean;
  /** Whether groups that are not there are made (`groups.createMissing`, and the product can). */
  readonly createsMissing: boolean;
  /** By name, then id. */
  readonly groups: readonly ProductGroup[];
}

/** The seats of one pool. */
export interface ProductSeatPool {
  readonly seat: Seat;
  readonly total: number;
  /** Null: not known before the next full run. May exceed `total` where the product was oversold. */
  readonly used: number | null;
  readonly free: number | null;
  readonly waiting: number;
}

/** The seats of the product, and who waits for one. */
export interface ProductSeats {
  readonly product: string;
  readonly readAt: Instant;
  /** `assigned`: one by one. `implied`: each account takes one. `none`: the product has no seats. */
  readonly handling: SeatHandling;
  /** Who counts: the product, the configuration (`product.seats`), or nobody: then a lack shows when a seat is asked for. */
  readonly countedBy: "product" | "configuration" | "nobody";
  /** By name. */
  readonly pools: readonly ProductSeatPool[];
  /** First served first; as of the last run. */
  readonly waiting: readonly Waiting[];
}

/** What the product has beside people: its groups and seats, read afresh. Nothing is written to it. */
export interface ProductView {
  /**
   * Throws ConnectorError when the product cannot be asked, TenantChangedError when it is another organisation than the one
   * that is known, and the reason of `signal`.
   */
  groups(signal: AbortSignal): Promise<ProductGroups>;
  /** Asks the product only where it counts its seats; throws as `groups` does. */
  seats(signal: AbortSignal): Promise<ProductSeats>;
}
