import type { z } from "zod";
import type { RateLimit } from "../lib/rate-limiter.ts";
import type { Clock, NewId, Random } from "../ports/ambient.ts";
import type { Connector } from "../ports/connector.ts";
import type { ProductCall } from "./http.ts";

/**
 * The options of one connector, as they stand under `product` in the configuration: a strict object with a literal
 * `connector`. Secrets in it are resolved already.
 */
export type OptionsSchema = z.ZodObject<{ connector: z.ZodLiteral<string> }>;

/** What a connector needs from the world around it. */
export interface ConnectorDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** Passwords that nobody is to know are made of these. */
  readonly newId: NewId;
  /** Told of every request to the product. */
  readonly onCall?: (call: ProductCall) => void;
  /** `product.rateLimit` of the configuration. */
  readonly rateLimit?: RateLimit | null;
  /** The setting that holds the credentials, for whoever has to mend them; `product.token` unless told. */
  readonly credentialSetting?: string;
  /** How long one request may take from its first byte to the last of its answer; as http.ts has it unless told. */
  readonly requestTimeoutMs?: number;
  /**
   * The text of a recipe that the options name: a bare name, such as `linktime`, is one of those that are shipped; anything
   * else is a file, relative to the configuration's folder. Throws Error with a sentence for people when it is not there.
   */
  readonly readRecipe: (name: string) => string;
}

/** A kind of connector: the options it takes, and how one is made of them. */
export interface ConnectorKind<S extends OptionsSchema = OptionsSchema> {
  readonly options: S;
  /** Sends nothing. Throws Error with a sentence for people when a file that the options name cannot be used. */
  create(options: z.output<S>, deps: ConnectorDeps): Connector;
}
