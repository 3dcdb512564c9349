import { LeaseLostError, RunInProgressError } from "../../domain/errors.ts";
import type { Ambient } from "../../ports/ambient.ts";
import type { Lease, Leases } from "../../ports/leases.ts";

/** How long a lease outlives its last renewal, and how often it is renewed. */
export const LEASE_TTL_MS = 15_000;
const RENEW_EVERY_MS = 4_000;

/** A held lease. `signal` is aborted when it was lost, or could not be renewed in time. */
export interface HeldLease {
  readonly lease: Lease;
  readonly signal: AbortSignal;
  /** Lets go once all who share it have. */
  release(): Promise<void>;
}

/** Shares one lease among the runs of this process, renews it while anybody uses it, and gives it up with the last. */
export interface LeaseKeeper {
  /**
   * Throws RunInProgressError while another process holds it. `onAcquired` runs once per acquisition, before anybody
   * uses the lease: there what a killed process left behind is put in order.
   */
  hold(): Promise<HeldLease>;
}

interface Holding {
  readonly lease: Lease;
  readonly controller: AbortController;
  readonly stop: AbortController;
  readonly renewals: Promise<void>;
}

/** What a lease keeper needs to know of its process and of the product it guards. */
export interface LeaseKeeperOptions {
  readonly leases: Leases;
  readonly ambient: Ambient;
  readonly product: string;
  readonly holder: string;
  /** True when that holder is a process that certainly runs no more. */
  isDead(holder: string): boolean;
  onAcquired(lease: Lease): Promise<void>;
}

/** Makes the keeper of this process. */
export function createLeaseKeeper(options: LeaseKeeperOptions): LeaseKeeper {
  const { leases, ambient, product, holder } = options;
  let users = 0;
  let current: Promise<Holding> | null = null;
  let closing: Promise<void> = Promise.resolve();

  const acquire = async (): Promise<Holding> => {
    await closing;
    const lease = await leases.acquire(product, holder, ambient.clock.now(), LEASE_TTL_MS, (other) =>
      options.isDead(other),
    );
    if (lease === null) {
      throw new RunInProgressError(
        `A run is in progress: another process is writing to ${product}. Try again in a moment.`,
      );
    }
    const controller = new AbortController();
    const stop = new AbortController();
    await putInOrder(options, lease);
    return { lease, controller, stop, renewals: renew(leases, ambient, lease, controller, stop.signal) };
  };

  const release = async (holding: Holding): Promise<void> => {
    users -= 1;
    if (users > 0) return;
    current = null;
    holding.stop.abort();
    closing = holding.renewals
      .then(() => leases.release(holding.lease))
      .catch((error: unknown) => {
        // It expires by itself: the next run waits for that instead of failing now.
        ambient.log.warn("lease.not-released", { epoch: holding.lease.epoch }, error);
      });
    await closing;
  };

  return {
    async hold() {
      users += 1;
      current ??= acquire();
      const attempt = current;
      try {
        const holding = await attempt;
        let isHeld = true;
        return {
          lease: holding.lease,
          signal: holding.controller.signal,
          async release() {
            if (!isHeld) return;
            isHeld = false;
            await release(holding);
          },
        };
      } catch (error) {
        users -= 1;
        if (current === attempt) current = null;
        throw error;
      }
    },
  };
}

/** A lease that could not be put in order is given back: kept, it would shut this very process out until it expires. */
async function putInOrder({ leases, onAcquired }: LeaseKeeperOptions, lease: Lease): Promise<void> {
  try {
    await onAcquired(lease);
  } catch (error) {
    await leases.release(lease).catch(() => undefined);
    throw error;
  }
}

/** Renews until stopped. A lease that was lost, or not renewed for most of its time, aborts whoever uses it. */
async function renew(
  leases: Leases,
  ambient: Ambient,
  lease: Lease,
  lost: AbortController,
  stop: AbortSignal,
): Promise<void> {
  let renewedAt = ambient.clock.monotonicMs();
  while (!stop.aborted && !lost.signal.aborted) {
    await ambient.clock.sleep(RENEW_EVERY_MS, stop);
    if (stop.aborted) return;
    try {
      await leases.renew(lease, ambient.clock.now(), LEASE_TTL_MS);
      renewedAt = ambient.clock.monotonicMs();
    } catch (error) {
      ambient.log.warn("lease.not-renewed", { epoch: lease.epoch }, error);
      const isTooOld = ambient.clock.monotonicMs() - renewedAt > LEASE_TTL_MS - RENEW_EVERY_MS;
      if (error instanceof LeaseLostError || isTooOld) lost.abort(error);
    }
  }
}
