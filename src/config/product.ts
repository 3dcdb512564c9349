import { z } from "zod";
import { explainChoice, explainUnknownKeys } from "../lib/explain-issue.ts";

/**
 * The options of one connector: a strict object with a literal `connector`. Must not declare `rateLimit`, `seats` or `bookings`, which
 * every product takes and this folder adds, and must keep the names and places of its keys, since secrets are masked by path.
 */
export type ConnectorSchema = z.ZodObject<{ connector: z.ZodLiteral<string> }>;

type RawIssue = z.core.$ZodRawIssue;

function rateLimitField() {
  return z
    .strictObject({
      perMinute: z.int().min(1).max(100_000).describe("Requests per minute that the product allows us."),
      reserve: z.number().min(0).max(0.9).default(0.2).describe("Share of them that is left to others."),
    })
    .meta({ id: "rateLimit" })
    .exactOptional();
}

function seatsField() {
  return z
    .record(z.string().min(1).max(128), z.int().min(0).max(1_000_000))
    .exactOptional()
    .describe("Size of each seat pool, where the product does not say.");
}

/** Exactly one of the schemas, told apart by `connector`. Throws when there is none to choose from. */
function oneOf<S extends ConnectorSchema>(schemas: readonly S[]) {
  const [first, ...others] = schemas;
  if (first === undefined) throw new Error("A configuration needs at least one connector to choose from.");
  return z.discriminatedUnion("connector", [first, ...others], { error: unknownConnector(schemas) });
}

function unknownConnector(schemas: readonly ConnectorSchema[]) {
  return ({ code, input }: RawIssue): string | undefined =>
    code === "invalid_union" ? explainChoice(schemas.map(connectorOf), connectorIn(input)) : undefined;
}

/** The name that a schema's options have under `connector`. */
function connectorOf(schema: ConnectorSchema): string {
  return schema.shape.connector.value;
}

function connectorIn(input: unknown): unknown {
  return typeof input === "object" && input !== null && "connector" in input ? input.connector : undefined;
}

/** The checked options of one connector, with nothing else in them; one of `schemas` must know it. */
export function readOptions<S extends ConnectorSchema>(schemas: readonly S[], options: object): z.output<S> {
  return oneOf(schemas).parse(options);
}

/** `product`: the connector with its options, what every product takes, and a second connector for bookings. */
export function productField(schemas: readonly ConnectorSchema[]) {
  const rateLimit = rateLimitField();
  const ofBookings = oneOf(schemas.map((schema) => schema.safeExtend({ rateLimit })))
    .meta({ id: "bookings" })
    .describe("Where guests book, when that is another product than the one that people have accounts in.");
  const shared = { rateLimit, seats: seatsField(), bookings: ofBookings.exactOptional() };
  return oneOf(schemas.map((schema) => schema.safeExtend(shared)))
    .superRefine(({ rateLimit: _rateLimit, seats: _seats, bookings, ...people }, context) => {
      if (bookings === undefined) return;
      const { rateLimit: _other, ...second } = bookings;
      // The schemas put their keys in one order.
      if (JSON.stringify(second) !== JSON.stringify(people)) return;
      const message = "is the product itself, which is asked for its bookings anyway: remove it";
      context.addIssue({ code: "custom", path: ["bookings"], message });
    })
    .describe("The scheduling product to keep in step.");
}

/** What is misplaced in the options of a second connector, and what to do about it. */
const NOT_FOR_BOOKINGS: Readonly<Record<string, string>> = {
  seats: "people have their seats in the first product: move it to product.seats",
  bookings: "there can be one connector for bookings only: remove it",
};

/**
 * A sentence for keys that the chosen connector does not take, but another one does; undefined for every other issue.
 * For the parse of a whole configuration: it goes by the place of the issue.
 */
export function explainProductIssue(issue: RawIssue, schemas: readonly ConnectorSchema[]): string | undefined {
  const place = (issue.path ?? []).join(".");
  if (issue.code !== "unrecognized_keys" || (place !== "product" && place !== "product.bookings")) return undefined;
  const chosen = connectorIn(issue.input);
  return explainUnknownKeys(issue, (key) => {
    const elsewhere = place === "product.bookings" ? NOT_FOR_BOOKINGS[key] : undefined;
    if (elsewhere !== undefined) return elsewhere;
    const takers = schemas.filter(({ shape }) => Object.hasOwn(shape, key)).map(connectorOf);
    if (takers.length === 0) return null;
    const names = takers.map((name) => JSON.stringify(name)).join(", ");
    return `an option of ${names}, not of ${JSON.stringify(chosen)}`;
  });
}
