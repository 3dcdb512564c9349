import { createSandboxConnector } from "../connectors/sandbox/connector.ts";
import { sandboxOptionsSchema, type SandboxConnectorOptions } from "../connectors/sandbox/options.ts";
import type { Config } from "../config/config.ts";
import type { Ambient } from "../ports/ambient.ts";
import type { Connector } from "../ports/connector.ts";

/** What may stand under `product` in the configuration. */
export const productSchema = sandboxOptionsSchema;
/** The checked settings of the product. */
export type ProductOptions = SandboxConnectorOptions;

/** The connector that the configuration names. */
export function createConnector(product: Config<ProductOptions>["product"], { clock, log }: Ambient): Connector {
  return createSandboxConnector(product.options, {
    clock,
    ...(product.rateLimit === null ? {} : { rateLimit: product.rateLimit }),
    onCall: ({ method, status, durationMs, fault }) =>
      log.debug("product.called", { method, status, durationMs: Math.round(durationMs), fault }),
  });
}
