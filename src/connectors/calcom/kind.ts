import type { ConnectorKind } from "../kind.ts";
import { createCalcomConnector } from "./connector.ts";
import { calcomOptionsSchema } from "./options.ts";

/** Organisations in Cal.com, as the configuration names them. */
export const calcomKind: ConnectorKind<typeof calcomOptionsSchema> = {
  options: calcomOptionsSchema,
  create: createCalcomConnector,
};
