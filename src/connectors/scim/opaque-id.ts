import { ConnectorError } from "../../domain/errors.ts";

const MAX_LENGTH = 256;

/** True for a text that may be the id of a resource (RFC 7643 section 3.1): any, unless it could lead elsewhere. */
export function isOpaqueId(id: string): boolean {
  if (id === "" || id === "." || id.length > MAX_LENGTH || !id.isWellFormed()) return false;
  return !/[/\\?#\p{Cc}]|\.\./u.test(id);
}

/** The same id. Throws ConnectorError `rejected` when it cannot be one of the product's. */
export function ownOpaqueId<Id extends string>(id: Id): Id {
  if (isOpaqueId(id)) return id;
  throw new ConnectorError("rejected", "an id that the product cannot have given was not sent to it");
}

/** Escapes an id for a path. Throws as `ownOpaqueId` does. */
export function encodeOpaqueId(id: string): string {
  return encodeURIComponent(ownOpaqueId(id));
}
