import { bulkOrder, type BulkStep } from "../scim/bulk-order.ts";
import { parseBulkPath } from "../scim/bulk-path.ts";
import { operationReferences } from "../scim/bulk-references.ts";
import type { BulkOperation, BulkRequest, BulkResult } from "../scim/bulk.ts";
import { doOperation, type BulkDeps, type KnownReferences, type Outcome } from "./bulk-operation.ts";

/** An operation whose first half is done: what it refers to is made after it. */
interface Half {
  readonly step: BulkStep;
  readonly operation: BulkOperation;
  readonly outcome: Outcome;
}

/**
 * Does the operations of a bulk request (RFC 7644 section 3.7), each a durable unit of its own, and gives what came of
 * them in the order of the request. Those that `failOnErrors` kept from being done are left out.
 *
 * What refers to something that is made later, since that refers to it, is made without the reference and completed by a
 * second write, before anything changes it that comes later in the request. A reference to what failed is 409, to a bulkId that no operation has 400 `invalidValue`; where only the
 * second write fails the result is its error, with the location of what was made.
 */
export async function runBulk(request: BulkRequest, deps: BulkDeps): Promise<readonly BulkResult[]> {
  const run = createRun(request, deps);
  for (const step of bulkOrder(request.operations)) await run.begin(step);
  await run.finish();
  return run.results();
}

interface Run {
  /** Hands a step over; waits first for those that it needs. Does nothing once there were too many errors. */
  begin(step: BulkStep): Promise<void>;
  /** Waits for all that was begun; what is not complete then never will be. */
  finish(): Promise<void>;
  results(): readonly BulkResult[];
}

function createRun({ operations, failOnErrors }: BulkRequest, deps: BulkDeps): Run {
  const ids = new Map<string, string>();
  const settled = new Set<string>();
  const halves = new Map<number, Half>();
  const results = new Map<number, BulkResult>();
  const named = new Set(operations.flatMap(({ bulkId }) => bulkId ?? []));
  // Neighbours that do not need each other are handed over together: the store keeps their order and shares commits. An
  // operation is in the store's queue when doOperation returns its promise, so that those on one resource keep theirs.
  let underWay: Promise<void>[] = [];
  let promised = new Set<string>();

  const known = (awaits: ReadonlySet<string>): KnownReferences => ({ ids, named, awaits });
  const operationAt = (index: number): BulkOperation => {
    const operation = operations[index];
    if (operation === undefined) throw new RangeError(`There is no operation ${index}.`);
    return operation;
  };
  const isOver = (): boolean =>
    failOnErrors !== null && [...results.values()].filter(({ status }) => status >= 400).length >= failOnErrors;

  const carryOut = async (step: BulkStep): Promise<void> => {
    const operation = operationAt(step.index);
    const outcome = await doOperation(operation, known(step.awaits), deps);
    results.set(step.index, outcome.result);
    if (operation.bulkId !== undefined) {
      settled.add(operation.bulkId);
      if (outcome.id !== null) ids.set(operation.bulkId, outcome.id);
    }
    if (outcome.id !== null && step.awaits.size > 0) halves.set(step.index, { step, operation, outcome });
  };

  const isReady = ({ step }: Half): boolean => [...step.awaits].every((bulkId) => settled.has(bulkId));
  /** Waits for all that was begun, and completes the halves that are due. */
  const settle = async (isDue: (half: Half) => boolean): Promise<void> => {
    await Promise.all(underWay);
    underWay = [];
    promised = new Set();
    for (const [index, half] of halves) {
      if (!isDue(half)) continue;
      halves.delete(index);
      results.set(index, await complete(half, known(new Set()), deps));
    }
  };

  return {
    finish: () => settle(() => true),
    async begin(step) {
      const operation = operationAt(step.index);
      const isAlone = failOnErrors !== null || step.awaits.size > 0 || halves.size > 0;
      if (isAlone || [...operationReferences(operation)].some((bulkId) => promised.has(bulkId))) {
        // A half of the same resource is complete now or never: its second write would undo what this step does.
        await settle((half) => isReady(half) || half.step.resource === step.resource);
      }
      if (isOver()) return;
      if (operation.bulkId !== undefined) promised.add(operation.bulkId);
      underWay.push(carryOut(step));
      if (isAlone) await settle(isReady);
    },
    results: () => [...results].sort(([a], [b]) => a - b).map(([, result]) => result),
  };
}

/** The second write: the operation again, whole, on what the first one made. */
async function complete({ operation, outcome }: Half, known: KnownReferences, deps: BulkDeps): Promise<BulkResult> {
  const { version: _, ...again } = operation;
  const endpoint = parseBulkPath(operation.path)?.type.endpoint ?? "";
  const path = `${endpoint}/${encodeURIComponent(outcome.id ?? "")}`;
  const method = operation.method === "POST" ? "PUT" : operation.method;
  const { id, result } = await doOperation({ ...again, method, path }, known, deps);
  const first = outcome.result;
  if (id !== null) return { ...first, version: result.version };
  return { ...first, status: result.status, response: result.response };
}
