import type { BulkOperation } from "./bulk.ts";
import { parseBulkPath, referenceInPath } from "./bulk-path.ts";
import { operationReferences } from "./bulk-references.ts";

/** One operation in its turn. */
export interface BulkStep {
  /** Its place in the request. */
  readonly index: number;
  /** What it is about: the same text for all operations on one resource; null where no path or bulkId says it. */
  readonly resource: string | null;
  /** bulkIds that it refers to and that are made later, since they refer to it: to be done without, then completed. */
  readonly awaits: ReadonlySet<string>;
}

/**
 * The order in which the operations of a bulk request are done (RFC 7644 section 3.7): that of the request, but that an
 * operation waits until all that it refers to is made, and with it those that come later on the same resource: they keep
 * their order, and follow what makes the resource. Every operation comes exactly once.
 *
 * Where operations wait for each other in a circle, one of them does not wait for what it refers to: what it could not
 * have is in `awaits`. It comes before what changes its resource later, which waits for all in `awaits` as well; only
 * where that is part of the circle, too, it does not. bulkIds that no operation makes are waited for by nobody.
 */
export function bulkOrder(operations: readonly BulkOperation[]): readonly BulkStep[] {
  const makers = makersOf(operations);
  const references = operations.map((operation) =>
    [...operationReferences(operation)].flatMap((bulkId): Need[] => {
      const maker = makers.get(bulkId);
      return maker === undefined ? [] : [{ bulkId, maker }];
    }),
  );
  const resources = resourcesOf(operations, makers);
  const before = new Map<number, number>();
  const latest = new Map<string, number>();
  for (const [index, resource] of resources) {
    const previous = resource === null ? undefined : latest.get(resource);
    if (previous !== undefined) before.set(index, previous);
    if (resource !== null) latest.set(resource, index);
  }
  const needs = references.map((own, index) => {
    const previous = before.get(index);
    if (previous === undefined) return own;
    // The one before is whole only when all that it refers to is there.
    const makersBefore = (references[previous] ?? []).map(({ maker }) => maker);
    return [...own, ...[previous, ...makersBefore].map((maker) => ({ bulkId: null, maker }))];
  });
  return schedule(needs, before).map((step) => ({ ...step, resource: resources.get(step.index) ?? null }));
}

/** That an operation waits for another: for what its bulkId stands for, or, where that is null, for its turn. */
interface Need {
  readonly bulkId: string | null;
  readonly maker: number;
}

type Makers = ReadonlyMap<string, number>;

function makersOf(operations: readonly BulkOperation[]): Makers {
  return new Map(operations.flatMap(({ bulkId }, index) => (bulkId === undefined ? [] : [[bulkId, index]])));
}

/**
 * What each operation is about, in the order that operations on one resource keep: that of the request, but that one whose
 * path refers to another comes after that. Paths that refer to each other in a circle come last, and are about nothing.
 */
function resourcesOf(operations: readonly BulkOperation[], makers: Makers): ReadonlyMap<number, string | null> {
  const resources = new Map<number, string | null>();
  const followers = operations.map((): number[] => []);
  operations.forEach((operation, first) => {
    const maker = makers.get(referenceInPath(operation.path) ?? "");
    if (maker !== undefined && !resources.has(maker)) {
      followers[maker]?.push(first);
      return;
    }
    const resource = maker === undefined ? ownResource(operation) : (resources.get(maker) ?? null);
    const placed = [first];
    for (const index of placed) {
      resources.set(index, resource);
      placed.push(...(followers[index] ?? []));
    }
  });
  operations.forEach((_, index) => {
    if (!resources.has(index)) resources.set(index, null);
  });
  return resources;
}

/** The resource that an operation names, or makes. */
function ownResource({ path, bulkId }: BulkOperation): string | null {
  const target = parseBulkPath(path);
  if (target !== null && target.id !== null) return `${target.type.endpoint}/${target.id}`;
  return bulkId === undefined ? null : `bulkId:${bulkId}`;
}

/** `before`: which operation on the same resource an operation must not overtake. */
function schedule(
  needs: readonly (readonly Need[])[],
  before: ReadonlyMap<number, number>,
): readonly Omit<BulkStep, "resource">[] {
  const waiters = needs.map((): number[] => []);
  needs.forEach((each, index) => each.forEach(({ maker }) => waiters[maker]?.push(index)));
  const missing = needs.map((each) => each.length);
  const isDone = needs.map(() => false);
  const steps: Omit<BulkStep, "resource">[] = [];

  /** Does an operation, and then whatever before `turn` waited for nothing else: what comes later has its turn yet. */
  const doAndFollow = (first: number, turn: number): void => {
    const ready = [first];
    for (const index of ready) {
      const open = (needs[index] ?? []).filter(({ maker }) => isDone[maker] !== true);
      steps.push({ index, awaits: new Set(open.flatMap(({ bulkId }) => bulkId ?? [])) });
      isDone[index] = true;
      for (const waiter of waiters[index] ?? []) {
        missing[waiter] = (missing[waiter] ?? 0) - 1;
        if (missing[waiter] === 0 && waiter < turn && isDone[waiter] !== true) ready.push(waiter);
      }
    }
  };
  /** Does an operation with what there is, but after those that it must not overtake. */
  const goAhead = (index: number): void => {
    const previous = before.get(index);
    if (previous !== undefined && isDone[previous] !== true) goAhead(previous);
    if (isDone[index] !== true) doAndFollow(index, needs.length);
  };

  needs.forEach((_, index) => {
    if (missing[index] === 0) doAndFollow(index, index);
  });
  // What is left waits for a circle, or is part of one: one of it goes ahead.
  for (const circle of circles(needs.map((each) => each.map(({ maker }) => maker)))) {
    for (const index of aloneFirst(circle, before)) goAhead(index);
  }
  return steps;
}

/** A circle in the order in which to break it: first those that have their resource to themselves in it. */
function aloneFirst(circle: readonly number[], before: ReadonlyMap<number, number>): readonly number[] {
  const members = new Set(circle);
  const shared = new Set<number>();
  for (const index of circle) {
    const previous = before.get(index);
    if (previous === undefined || !members.has(previous)) continue;
    shared.add(previous).add(index);
  }
  return [...circle.filter((index) => !shared.has(index)), ...circle.filter((index) => shared.has(index))];
}

/**
 * The operations in groups, each of those that refer to each other, directly or not, in their order; a group comes after all
 * that it refers to (Tarjan).
 */
function circles(edges: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const found: number[][] = [];
  const isSettled = edges.map(() => false);
  const visitedAs = edges.map(() => -1);
  const path: number[] = [];
  let visited = 0;
  /** The earliest of the operations on the path that this one leads back to. Recurses once per operation at most. */
  const visit = (node: number): number => {
    const own = visited;
    visitedAs[node] = own;
    visited += 1;
    path.push(node);
    let earliest = own;
    for (const next of edges[node] ?? []) {
      if (isSettled[next] === true) continue;
      earliest = Math.min(earliest, visitedAs[next] === -1 ? visit(next) : (visitedAs[next] ?? own));
    }
    if (earliest === own) {
      const circle = path.splice(path.lastIndexOf(node)).toSorted((a, b) => a - b);
      for (const member of circle) isSettled[member] = true;
      found.push(circle);
    }
    return earliest;
  };
  edges.forEach((_, node) => {
    if (visitedAs[node] === -1) visit(node);
  });
  return found;
}
