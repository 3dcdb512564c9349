import type { Instant } from "../domain/brand.ts";

/** A right to write to one product. One is held at a time; `epoch` only grows, and fences whoever lost it. */
export interface Lease {
  readonly product: string;
  readonly holder: string;
  readonly epoch: number;
}

/** One applier at a time per product. */
export interface Leases {
  /** Takes the lease when it is free, expired, or its holder `isDead`; null while somebody holds it. Grows the epoch. */
  acquire(
    product: string,
    holder: string,
    now: Instant,
    ttlMs: number,
    isDead: (holder: string) => boolean,
  ): Promise<Lease | null>;
  /** Throws LeaseLostError when it was taken over. */
  renew(lease: Lease, now: Instant, ttlMs: number): Promise<void>;
  /** Lets go of it; does nothing when it was taken over. */
  release(lease: Lease): Promise<void>;
}
