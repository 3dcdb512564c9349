import type { Connector } from "../../src/ports/connector.ts";
import type { Store } from "../../src/ports/store.ts";
import type { ServiceSettings } from "../../src/runtime/bootstrap.ts";
import type { Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

/** A fault that is built into the bridge on purpose: the simulator has to find it. */
export interface Plant {
  readonly name: string;
  /** What is broken, as a sentence. */
  readonly what: string;
  /** The circumstances in which it can show at all. */
  readonly scenario?: Partial<Scenario>;
  readonly settings?: (settings: ServiceSettings) => ServiceSettings;
  readonly store?: (store: Store, world: World) => Store;
  readonly connector?: (connector: Connector, world: World) => Connector;
}

/** The bridge as it is. */
export const NOTHING_PLANTED: Plant = { name: "none", what: "Nothing is broken." };
