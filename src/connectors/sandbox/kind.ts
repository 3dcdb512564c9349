import type { ConnectorKind } from "../kind.ts";
import { createSandboxConnector } from "./connector.ts";
import { sandboxOptionsSchema } from "./options.ts";

/** The bundled sandbox, as the configuration names it. */
export const sandboxKind: ConnectorKind<typeof sandboxOptionsSchema> = {
  options: sandboxOptionsSchema,
  create: createSandboxConnector,
};
