import type { Finding } from "../../ports/connector.ts";
import type { Ability } from "./capability-table.ts";

/** What doctor looks at, in this order. */
export type Area = "configuration" | "store" | "clock" | "tokens" | "product" | "mapping";

/** One thing that was looked at. */
export interface Diagnosed extends Finding {
  readonly kind: "finding";
  readonly area: Area;
  /** Why it is bad, where the exit code of the command line depends on it. */
  readonly fault?: "configuration" | "auth" | "unreachable";
}

/** What doctor tells, one after the other. */
export type Diagnosis =
  Diagnosed | { readonly kind: "abilities"; readonly product: string; readonly abilities: readonly Ability[] };
