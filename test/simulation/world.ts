import type { Store } from "../../src/ports/store.ts";
import type { LogLine } from "../support/bridge.ts";
import type { Chance } from "./chance.ts";
import type { Coverage } from "./coverage.ts";
import type { DirectoryModel } from "./directory-model.ts";
import type { Product } from "./product.ts";
import type { Scenario } from "./scenario.ts";
import type { WorldClock } from "./world-clock.ts";

/** What somebody did to an account by hand: how often, per field. */
export type HandEdits = Map<string, Map<string, number>>;

/** Everything there is in one history. */
export interface World {
  readonly seed: number;
  readonly chance: Chance;
  readonly scenario: Scenario;
  readonly clock: WorldClock;
  readonly product: Product;
  /** The store's file as the oracle sees it: nobody's process stands between. */
  readonly observer: Store;
  readonly directory: DirectoryModel;
  readonly edits: HandEdits;
  readonly log: LogLine[];
  readonly coverage: Coverage;
  /** What happened, a line each. */
  tell(line: string): void;
  /** An invariant does not hold. */
  broken(invariant: string, what: string): void;
}

/** Notes an edit by hand. */
export function noteEdit(edits: HandEdits, account: string, field: string): void {
  const fields = edits.get(account) ?? new Map<string, number>();
  edits.set(account, fields.set(field, (fields.get(field) ?? 0) + 1));
}
