import type { ConnectorKind } from "../kind.ts";
import { createScimConnector } from "./connector.ts";
import { scimOptionsSchema } from "./options.ts";

/** Products that are provisioned by SCIM 2.0: those of the recipes that are shipped, and others by a recipe of their own. */
export const scimKind: ConnectorKind<typeof scimOptionsSchema> = {
  options: scimOptionsSchema,
  create: createScimConnector,
};
