import {
  InvalidValueError,
  MethodNotAllowedError,
  ResourceNotFoundError,
  UnresolvedReferenceError,
} from "../domain/errors.ts";
import type { JsonValue } from "../domain/json.ts";
import type { Origin } from "../engine/staging/staging.ts";
import { parseBulkPath, referenceIn, referenceInPath, type BulkPath } from "../scim/bulk-path.ts";
import { fillBulkIds, operationReferences, withoutReferences } from "../scim/bulk-references.ts";
import type { BulkOperation, BulkResult } from "../scim/bulk.ts";
import { errorBody } from "../scim/message.ts";
import type { ResourceType } from "../scim/schema.ts";
import { excerpt } from "../scim/tokenizer.ts";
import { versionTag } from "../scim/wire-resource.ts";
import type { Answer } from "./answers.ts";
import type { Endpoint, Staged } from "./endpoint.ts";
import { expectedVersion } from "./entity-tags.ts";

/** What the operations of a bulk request are done with. */
export interface BulkDeps {
  readonly origin: Origin;
  readonly endpoints: readonly Endpoint[];
  /** The SCIM base. */
  readonly location: string;
  /** The answer to an error; logs what is a fault of ours. */
  answerTo(error: unknown): Answer;
}

/** What is known of bulkIds when an operation is done. */
export interface KnownReferences {
  /** Those that are made. */
  readonly ids: ReadonlyMap<string, string>;
  /** Those that some operation of the request has. */
  readonly named: ReadonlySet<string>;
  /** Those that this operation is done without, for now. */
  readonly awaits: ReadonlySet<string>;
}

/** What came of an operation; `id` is that of its resource, null when it failed. */
export interface Outcome {
  readonly id: string | null;
  readonly result: BulkResult;
}

/** Does one operation of a bulk request. Never throws: what goes wrong is a result. */
export async function doOperation(operation: BulkOperation, known: KnownReferences, deps: BulkDeps): Promise<Outcome> {
  const { method, bulkId, path } = operation;
  const target = targetOf(path, known);
  const addressOf = (resource: string | null): string | undefined =>
    target === null || resource === null
      ? undefined
      : `${deps.location}${target.type.endpoint}/${encodeURIComponent(resource)}`;
  const about = { method, bulkId };
  try {
    if (target === null) throw new ResourceNotFoundError(`There is no such endpoint: ${excerpt(path)}`);
    refuseMismatch(operation);
    const data = resolve(operation, known);
    const endpoint = endpointOf(target.type, deps);
    const staged = await perform(operation, endpoint, { id: target.id ?? "", data, origin: deps.origin });
    const made = staged?.id ?? target.id;
    const version = staged === null ? undefined : versionTag(staged.meta.version);
    return { id: made, result: { ...about, status: STATUS[method], location: addressOf(made), version } };
  } catch (error) {
    const answer = deps.answerTo(error);
    return {
      id: null,
      result: {
        ...about,
        status: answer.status,
        location: addressOf(target?.id ?? null),
        response: errorBody(answer),
      },
    };
  }
}

function targetOf(path: string, { ids }: KnownReferences): BulkPath | null {
  const target = parseBulkPath(path);
  const reference = referenceIn(target?.id ?? "");
  return target === null || reference === null ? target : { ...target, id: ids.get(reference) ?? null };
}

/** A collection is added to, a resource is changed: as over HTTP, anything else is a method that is not served there. */
function refuseMismatch({ method, path }: BulkOperation): void {
  const isCollection = (parseBulkPath(path)?.id ?? null) === null;
  if (isCollection === (method === "POST")) return;
  throw new MethodNotAllowedError(`${method} is not served at ${excerpt(path)}.`);
}

function endpointOf(type: ResourceType, { endpoints }: BulkDeps): Endpoint {
  const endpoint = endpoints.find((each) => each.type === type);
  if (endpoint === undefined) throw new ResourceNotFoundError("There is no such endpoint.");
  return endpoint;
}

const STATUS = { POST: 201, PUT: 200, PATCH: 200, DELETE: 204 } as const;
const UNSHOWN = { withMemberships: false };

async function perform(
  { method, version }: BulkOperation,
  endpoint: Endpoint,
  { id, data, origin }: { readonly id: string; readonly data: JsonValue | undefined; readonly origin: Origin },
): Promise<Staged | null> {
  const expected = expectedVersion(version ?? "");
  switch (method) {
    case "POST":
      return endpoint.create(origin, data, UNSHOWN);
    case "PUT":
      return endpoint.replace(origin, id, data, expected, UNSHOWN);
    case "PATCH":
      return endpoint.patch(origin, id, data, expected, UNSHOWN);
    case "DELETE":
      await endpoint.remove(origin, id, expected);
      return null;
  }
}

/** The data with ids for references, and without those that are awaited; the path can be without none. */
function resolve(operation: BulkOperation, known: KnownReferences): JsonValue | undefined {
  const { ids, awaits } = known;
  const target = referenceInPath(operation.path);
  if (target !== null && !ids.has(target)) throw unresolved(target, known);
  for (const bulkId of operationReferences(operation)) {
    if (!ids.has(bulkId) && !awaits.has(bulkId)) throw unresolved(bulkId, known);
  }
  const { data } = operation;
  if (data === undefined) return undefined;
  return fillBulkIds(awaits.size === 0 ? data : (withoutReferences(data, awaits) ?? {}), ids);
}

function unresolved(bulkId: string, { named }: KnownReferences): Error {
  return named.has(bulkId)
    ? new UnresolvedReferenceError(`bulkId:${bulkId} was not made, so that nothing can refer to it.`)
    : new InvalidValueError(`bulkId:${bulkId} is that of no operation of this request.`);
}
