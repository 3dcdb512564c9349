import type { Observation, Seat } from "../../domain/account.ts";
import type { Ambient } from "../../ports/ambient.ts";
import type { Connector } from "../../ports/connector.ts";
import type { Store } from "../../ports/store.ts";
import type { MappingVersions } from "../mapping-versions.ts";
import type { SeatMemory } from "../plan/seat-memory.ts";
import { expectTenant } from "../plan/tenant.ts";
import { listGroups } from "./list-groups.ts";
import { listPools } from "./list-pools.ts";
import type { ProductView } from "./product-view.ts";

/** What looking needs. */
export interface ProductViewDeps {
  readonly store: Pick<Store, "evidence" | "holds" | "links">;
  readonly connector: Connector;
  readonly ambient: Pick<Ambient, "clock">;
  readonly mappings: Pick<MappingVersions, "current">;
  /** `product.seats` of the configuration; null: not configured. */
  readonly seats: ReadonlyMap<Seat, number> | null;
  readonly seatMemory: Pick<SeatMemory, "inUse">;
}

/** Makes the use cases. */
export function createProductView(deps: ProductViewDeps): ProductView {
  const { store, connector, ambient, mappings } = deps;
  const { name: product, capabilities } = connector;
  return {
    async groups(signal) {
      const { mapping } = await mappings.current();
      const { groups: shown } = await look(deps, signal);
      const createsMissing = mapping.createMissing && capabilities.changes.has("create-group");
      return {
        product,
        readAt: ambient.clock.now(),
        mappingVersion: mapping.version,
        authoritative: mapping.authoritative,
        createsMissing,
        groups: listGroups({ shown, mapping, sizes: await store.links.groupSizes(), createsMissing }),
      };
    },
    async seats(signal) {
      const { seats: handling, seatCounts } = capabilities;
      const counts = handling !== "none" && seatCounts ? (await look(deps, signal)).seats : null;
      const waiting = await store.holds.waiting();
      const pools = handling === "none" ? null : listPools({ counts, waiting, ...deps });
      return {
        product,
        readAt: ambient.clock.now(),
        handling,
        countedBy: pools === null ? "nobody" : counts === null ? "configuration" : "product",
        pools: pools ?? [],
        waiting,
      };
    },
  };
}

/** Groups and seats; the accounts are not read. */
async function look({ connector, store }: ProductViewDeps, signal: AbortSignal): Promise<Observation> {
  signal.throwIfAborted();
  const observation = await connector.observe(signal);
  const last = await store.evidence.lastObserved(connector.name);
  const known = last?.tenant ?? null;
  expectTenant({ product: connector.name, seen: observation.tenant, known, accepted: null });
  return observation;
}
