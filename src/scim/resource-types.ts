import { GROUP_SCHEMA, USER_SCHEMA } from "./core-schemas.ts";
import { CALENDLY_USER_SCHEMA, ENTERPRISE_USER_SCHEMA } from "./extension-schemas.ts";
import type { ResourceType } from "./schema.ts";

/** Users (RFC 7643 section 4.1), with the extensions whose attributes we know. Any other extension is kept whole. */
export const USER_TYPE: ResourceType = {
  name: "User",
  endpoint: "/Users",
  description: "User account",
  schema: USER_SCHEMA,
  extensions: [ENTERPRISE_USER_SCHEMA, CALENDLY_USER_SCHEMA],
};

/** Groups (RFC 7643 section 4.2). */
export const GROUP_TYPE: ResourceType = {
  name: "Group",
  endpoint: "/Groups",
  description: "Group",
  schema: GROUP_SCHEMA,
  extensions: [],
};
