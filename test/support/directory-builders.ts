import { randomUUID } from "node:crypto";
import type { Instant } from "../../src/domain/brand.ts";
import type { DirectoryId, DirectoryUser, DirectoryUserId } from "../../src/domain/directory.ts";
import type { JsonObject } from "../../src/domain/json.ts";

/** What a test says of a user; `email` is a short way to one work address. */
export interface UserParts {
  readonly id?: string;
  readonly directory?: string;
  readonly userName?: string;
  readonly externalId?: string;
  readonly active?: boolean;
  readonly email?: string;
  readonly resource?: JsonObject;
  readonly version?: number;
  readonly created?: string;
}

/** An active user of directory `acme` with an id and a userName of its own, whose properties agree with its resource. */
export function aUser(parts: UserParts = {}): DirectoryUser {
  const id = parts.id ?? randomUUID();
  const { userName = `${id}@acme.example`, externalId, active = true, version = 1 } = parts;
  const created = (parts.created ?? "2026-11-23T08:00:00.000Z") as Instant;
  const email = parts.email ?? userName;
  return {
    id: id as DirectoryUserId,
    directory: (parts.directory ?? "acme") as DirectoryId,
    ...(externalId !== undefined && { externalId }),
    userName,
    active,
    resource: {
      userName,
      ...(externalId !== undefined && { externalId }),
      active,
      emails: [{ value: email, type: "work", primary: true }],
      ...parts.resource,
    },
    meta: { created, lastModified: created, version },
  };
}

/** The same user at its next version, with other attributes. */
export function edited(user: DirectoryUser, resource: JsonObject): DirectoryUser {
  return {
    ...user,
    resource: { ...user.resource, ...resource },
    meta: { ...user.meta, version: user.meta.version + 1 },
  };
}
