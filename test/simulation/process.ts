import type { Services } from "../../src/engine/services.ts";
import { parseMapping } from "../../src/mapping/rules.ts";
import type { Ambient } from "../../src/ports/ambient.ts";
import type { Connector } from "../../src/ports/connector.ts";
import type { Lease, Leases } from "../../src/ports/leases.ts";
import type { Store } from "../../src/ports/store.ts";
import { createServices, type ServiceSettings } from "../../src/runtime/bootstrap.ts";
import { anAmbient } from "../support/bridge.ts";
import { createLife, type Life } from "../support/mortal.ts";
import type { Plant } from "./plant.ts";
import { mappingOf, type Scenario } from "./scenario.ts";
import type { Answering, Switchboard } from "./switchboard.ts";
import type { World } from "./world.ts";

/** One bridge process of a history. */
export interface BridgeProcess {
  readonly name: string;
  readonly services: Services;
  readonly life: Life;
  readonly store: Store;
  /** The newest epoch that it was given; 0 before the first. */
  epoch(): number;
  isAlive(): boolean;
  /** Stopped as by SIGSTOP: its sleepers do not wake. */
  setFrozen(frozen: boolean): void;
  /** Ends it as a kill does. */
  end(): void;
}

/** What processes are made with. */
export interface ProcessParts {
  readonly world: World;
  readonly switchboard: Switchboard;
  readonly plant: Plant;
  /** The product as this process reaches it. */
  wire(process: { readonly name: string; isAlive(): boolean }): Answering;
  /** Who holds leases, by the name they have for themselves; shared by all processes of a history. */
  readonly holders: Map<string, { isAlive(): boolean }>;
  readonly newId: () => string;
}

/** Starts a process over an open store. */
export function startProcess(parts: ProcessParts, name: string, opened: Store): BridgeProcess {
  const { world, plant } = parts;
  const life = createLife();
  let frozen = false;
  let epoch = 0;
  const self = { name, isAlive: () => life.isAlive() };
  const clock = world.clock.forProcess(() => frozen || !life.isAlive());
  const ambient: Ambient = { ...anAmbient(clock, world.log), newId: parts.newId };
  const line = parts.switchboard.connect(parts.wire(self));
  const leases = watchLeases(opened.leases, parts, self, (lease) => (epoch = lease.epoch));
  const planted = plant.store?.({ ...opened, leases }, world) ?? { ...opened, leases };
  const connector = world.product.connect(line.url, ambient.clock);
  const bound = life.bind("product", inOrder(plant.connector?.(connector, world) ?? connector), () => true);
  const settings = settingsOf(world.scenario);
  const services = createServices(
    plant.settings?.(settings) ?? settings,
    ambient,
    life.bind("store", planted, () => true),
    bound,
    () => undefined,
  );
  return {
    ...self,
    services,
    life,
    store: opened,
    epoch: () => epoch,
    setFrozen: (value) => void (frozen = value),
    end() {
      life.kill();
      line.hangUp();
    },
  };
}

/** One person after the other, so that a history is the same whenever it is played. */
function inOrder(connector: Connector): Connector {
  return { ...connector, capabilities: { ...connector.capabilities, maxConcurrency: 1 } };
}

function watchLeases(
  leases: Leases,
  { world, holders }: ProcessParts,
  self: { isAlive(): boolean },
  onAcquired: (lease: Lease) => void,
): Leases {
  return {
    ...leases,
    async acquire(product, holder, now, ttlMs, _isDead) {
      holders.set(holder, self);
      // All processes of a history live in one: their own look at process numbers would take each other for dead.
      const isDead = (other: string): boolean => holders.get(other)?.isAlive() === false;
      const lease = await leases.acquire(product, holder, now, ttlMs, isDead);
      if (lease !== null) onAcquired(lease);
      return lease;
    },
    renew: (lease, now, ttlMs) => world.clock.during(() => leases.renew(lease, now, ttlMs)),
  };
}

/** The configuration of a scenario. */
export function settingsOf(scenario: Scenario): ServiceSettings {
  const { directories, mode, leavers, limits, drift } = scenario;
  return {
    directories: directories.map((id) => ({ id, name: id, kind: "generic", verifiedDomains: ["acme.example"] })),
    mapping: { source: "store", initial: parseMapping(mappingOf(scenario)) },
    policy: {
      mode,
      leavers,
      limits,
      drift,
      protected: { accounts: new Set(scenario.protected), minOwners: 1 },
    },
  };
}
