import type { z } from "zod";
import { calcomKind } from "../connectors/calcom/kind.ts";
import { calendlyKind } from "../connectors/calendly/kind.ts";
import type { ConnectorDeps, ConnectorKind } from "../connectors/kind.ts";
import { canTakeBookings, createPairedConnector } from "../connectors/paired.ts";
import { recipeKind } from "../connectors/recipe/kind.ts";
import { sandboxKind } from "../connectors/sandbox/kind.ts";
import { scimKind } from "../connectors/scim/kind.ts";
import { asSecondProduct } from "../connectors/second-product.ts";
import type { Config, ProductAccess } from "../config/config.ts";
import { readOptions } from "../config/product.ts";
import { ConfigError } from "../domain/errors.ts";
import type { Ambient } from "../ports/ambient.ts";
import type { Connector } from "../ports/connector.ts";
import { readRecipe } from "./recipes.ts";

/** Every kind of connector, in the order in which people read them. */
export const connectorKinds = [sandboxKind, scimKind, calendlyKind, calcomKind, recipeKind] as const;

/** What may stand under `product` in the configuration. */
export const productSchemas = connectorKinds.map(({ options }) => options);
/** The checked settings of a product. */
export type ProductOptions = z.output<(typeof productSchemas)[number]>;

/** A product from its options alone, as if the configuration said nothing else of it. Throws what zod throws. */
export function readProduct(options: object): Config<ProductOptions>["product"] {
  const checked: ProductOptions = readOptions(productSchemas, options);
  return { connector: checked.connector, options: checked, rateLimit: null, seats: null, bookings: null };
}

type Configured = Pick<Config<ProductOptions>, "file" | "product">;
type Create = (options: object, deps: ConnectorDeps) => Connector;

/** How a connector is made, by its name. */
const makers: ReadonlyMap<string, Create> = new Map(
  connectorKinds.map((kind: ConnectorKind) => [kind.options.shape.connector.value, makerOf(kind)]),
);

/** Options are checked once more, by the schema that belongs to the kind. */
function makerOf(kind: ConnectorKind): Create {
  return (options, deps) => kind.create(kind.options.parse(options), deps);
}

/**
 * The connector that the configuration names, or the pair of them. Sends nothing. Throws ConfigError when a file that it names
 * cannot be used, and when the second product has no bookings for us.
 */
export function createConnector({ file, product }: Configured, ambient: Ambient): Connector {
  const people = make(product, "product", file, ambient);
  if (product.bookings === null) return people;
  const path = "product.bookings";
  const second = make(product.bookings, path, file, ambient);
  if (canTakeBookings(second.capabilities)) return createPairedConnector(people, asSecondProduct(second));
  const why =
    second.capabilities.bookings === "product" ? "cancels bookings by itself" : "lists and cancels no bookings";
  const message = `${second.name} ${why}: name a product here whose bookings we can list and cancel, or remove it`;
  throw new ConfigError(file, [{ path, message }]);
}

function make(access: ProductAccess<ProductOptions>, path: string, file: string, ambient: Ambient): Connector {
  const { connector, options, rateLimit } = access;
  const { clock, random, newId, log, metrics } = ambient;
  // Two products may be of one kind, and are counted apart.
  const counted = path === "product" ? connector : `${connector}/bookings`;
  const create = makers.get(connector);
  if (create === undefined) throw new ConfigError(file, [{ path, message: `there is no connector ${connector}` }]);
  try {
    return create(options, {
      clock,
      random,
      newId,
      rateLimit,
      readRecipe: (name) => readRecipe(name, file),
      onCall(call) {
        const { method, status, durationMs, fault } = call;
        log.debug("product.called", { connector, method, status, durationMs: Math.round(durationMs), fault });
        metrics.productCalled(counted, call);
      },
    });
  } catch (error) {
    // Connectors do not know where their options stand.
    if (error instanceof ConfigError) {
      const problems = error.problems.map((problem) => ({
        ...problem,
        path: problem.path.replace(/^product\b/, path),
      }));
      throw new ConfigError(file, problems);
    }
    throw new ConfigError(file, [{ path, message: error instanceof Error ? error.message : String(error) }]);
  }
}
