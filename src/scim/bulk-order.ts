import type { BulkOperation } from "./bulk.ts";
import { operationReferences } from "./bulk-references.ts";

/** One operation in its turn. */
export interface BulkStep {
  /** Its place in the request. */
  readonly index: number;
  /** bulkIds that it refers to and that are made later, since they refer to it: to be done without, then completed. */
  readonly awaits: ReadonlySet<string>;
}

/**
 * The order in which the operations of a bulk request are done (RFC 7644 section 3.7.1): that of the request, but that an
 * operation waits until all that it refers to is made. Every operation comes exactly once. Where operations refer to each
 * other in a circle, the first of them does not wait: what it could not have is in `awaits`. bulkIds that no operation
 * makes are waited for by nobody.
 */
export function bulkOrder(operations: readonly BulkOperation[]): readonly BulkStep[] {
  const makers = new Map(operations.flatMap(({ bulkId }, index) => (bulkId === undefined ? [] : [[bulkId, index]])));
  const needs = operations.map((operation) =>
    [...operationReferences(operation)].flatMap((bulkId) => {
      const maker = makers.get(bulkId);
      return maker === undefined ? [] : [{ bulkId, maker }];
    }),
  );
  return schedule(needs);
}

interface Need {
  readonly bulkId: string;
  readonly maker: number;
}

function schedule(needs: readonly (readonly Need[])[]): readonly BulkStep[] {
  const waiters = needs.map((): number[] => []);
  needs.forEach((each, index) => each.forEach(({ maker }) => waiters[maker]?.push(index)));
  const missing = needs.map((each) => each.length);
  const isDone = needs.map(() => false);
  const steps: BulkStep[] = [];

  /** Does an operation, and then whatever before `turn` waited for nothing else: what comes later has its turn yet. */
  const doAndFollow = (first: number, turn: number): void => {
    const ready = [first];
    for (const index of ready) {
      const open = (needs[index] ?? []).filter(({ maker }) => isDone[maker] !== true);
      steps.push({ index, awaits: new Set(open.map(({ bulkId }) => bulkId)) });
      isDone[index] = true;
      for (const waiter of waiters[index] ?? []) {
        missing[waiter] = (missing[waiter] ?? 0) - 1;
        if (missing[waiter] === 0 && waiter < turn && isDone[waiter] !== true) ready.push(waiter);
      }
    }
  };

  needs.forEach((_, index) => {
    if (missing[index] === 0) doAndFollow(index, index);
  });
  // What is left waits for a circle, or is part of one: its first goes ahead with what there is.
  for (const circle of circles(needs.map((each) => each.map(({ maker }) => maker)))) {
    for (const index of circle) if (isDone[index] !== true) doAndFollow(index, needs.length);
  }
  return steps;
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
