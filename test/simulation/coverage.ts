import type { ProductKind } from "./product.ts";

/** Which places of failure were reached. Plain data: it goes from worker to worker. */
export interface Coverage {
  /** `fault @ route`. */
  readonly faults: Set<string>;
  /** Names of the steps at which a process was killed. */
  readonly kills: Set<string>;
  /** Names of the steps at which one could have been. */
  readonly steps: Set<string>;
}

/** Nothing reached. */
export function createCoverage(): Coverage {
  return { faults: new Set(), kills: new Set(), steps: new Set() };
}

/** Adds what another history reached. */
export function addCoverage(to: Coverage, from: Coverage): void {
  for (const name of ["faults", "kills", "steps"] as const) for (const point of from[name]) to[name].add(point);
}

/** One kind of failure, and where it can happen. */
export interface CoverageLine {
  readonly what: string;
  readonly covered: number;
  readonly total: number;
  readonly missed: readonly string[];
}

/** Covered and possible places. */
export function summarize(
  { faults, kills, steps }: Coverage,
  { routes, faultsOf }: Pick<ProductKind, "routes" | "faultsOf">,
): readonly CoverageLine[] {
  const possible = routes.flatMap((route) => faultsOf(route).map((kind) => `${kind} @ ${route}`));
  return [count("product faults by route", possible, faults), count("kill moments by step", [...steps].sort(), kills)];
}

function count(what: string, possible: readonly string[], reached: ReadonlySet<string>): CoverageLine {
  const missed = possible.filter((point) => !reached.has(point));
  return { what, covered: possible.length - missed.length, total: possible.length, missed };
}
