import { z } from "zod";
import { bodyField, expressionField, nameField, pathField, textField } from "./schema-values.ts";

const header = () => z.string().regex(/^[A-Za-z0-9-]{1,64}$/, "must be the name of a header");

/** One HTTP request. `effect` decides whether it may be sent again by itself: reads may, writes never are. */
export const requestField = () => REQUEST;

const REQUEST = z.strictObject({
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).default("GET"),
  path: pathField(),
  query: z
    .record(z.string().min(1).max(100), z.union([textField(), z.number(), z.boolean()]))
    .exactOptional()
    .describe("Parameters; those whose expression answers nothing are left out."),
  headers: z.record(header(), textField()).exactOptional().describe("Sent with this request only."),
  body: bodyField().exactOptional(),
  form: z
    .record(z.string().min(1).max(100), textField())
    .exactOptional()
    .describe("Sent as application/x-www-form-urlencoded instead of body."),
  contentType: z
    .string()
    .regex(/^application\/(?:[\w.-]+\+)?json$/, "must be a JSON media type, such as application/scim+json")
    .exactOptional()
    .describe("Media type of body; default: application/json."),
  effect: z
    .enum(["read", "write"])
    .exactOptional()
    .describe("What the request does; default: GET reads, the others write. A read may be sent again, a write never."),
});

/** What an answer may mean. */
export const MEANINGS = [
  "ok",
  "already-so",
  "missing",
  "conflict",
  "no-seat",
  "rejected",
  "auth",
  "rate-limited",
  "unavailable",
] as const;

const status = () =>
  z.union([
    z.int().min(100).max(599),
    z.string().regex(/^[2-5]xx$/, "must be a status such as 409, or a class of them such as 4xx"),
  ]);

/**
 * One line of an outcome map: every condition that it names must hold. The first line that fits decides; without one, 2xx is
 * ok, 401 and 403 auth, 404 and 410 missing, 409 conflict, 429 rate-limited, 408, 425 and 5xx unavailable, others rejected.
 */
export const outcomeField = () => OUTCOME;

const OUTCOME = z
  .strictObject({
    status: z.union([status(), z.array(status()).min(1)]).exactOptional(),
    type: z.string().min(1).exactOptional().describe("The answer's media type without parameters, such as text/html."),
    empty: z.boolean().exactOptional().describe("True: the answer has no body. False: it has one."),
    if: expressionField()
      .exactOptional()
      .describe("True in this case; reads the body, $status, and $text where it is not JSON."),
    is: z.enum(MEANINGS).exactOptional().describe("What the answer means."),
    goto: z
      .union([nameField(), z.literal("end")])
      .exactOptional()
      .describe("Instead of is: go on with the later step of this name, or end the operation well."),
  })
  .refine((one) => (one.is === undefined) !== (one.goto === undefined), "must have is or goto, and not both")
  .refine(
    ({ status: code, type, empty, if: condition }) =>
      [code, type, empty, condition].some((given) => given !== undefined),
    "must name at least one condition: status, type, empty or if",
  );

/** One step of an operation: a request or a list of them, or a check alone. */
export const stepField = () => STEP;

const STEP = z.strictObject({
  name: nameField().exactOptional().describe("What goto and messages call it."),
  when: expressionField().exactOptional().describe("The step is passed over unless this is true."),
  forEach: expressionField()
    .exactOptional()
    .describe("A list; the step is done once for each, which is $item, and stops at the first that fails."),
  request: requestField().exactOptional(),
  outcomes: z.array(outcomeField()).exactOptional().describe("What its answers mean, the first that fits."),
  capture: z
    .record(nameField(), expressionField())
    .exactOptional()
    .describe("Values of the answer that later steps know as $name."),
  expect: expressionField()
    .exactOptional()
    .describe("Must be true after the request, or the operation fails: a check that what was asked has happened."),
  otherwise: z
    .enum(["missing", "conflict", "no-seat", "rejected", "unavailable"])
    .exactOptional()
    .describe("What it means that expect is not true; default: unavailable, so that it is tried again later."),
});

/** How a list that comes in pieces is read to its end. */
export const pagingField = () => PAGING;

const PAGING = paging();

function paging() {
  const size = z.int().min(1).max(10_000);
  const shared = {
    total: expressionField().exactOptional().describe("How many items there are on all pages, where the answer says."),
    maxPages: z.int().min(1).max(1_000_000).default(10_000).describe("More pages than that are a fault."),
  };
  const end = z
    .enum(["empty", "short", "total", "more"])
    .describe(
      "The last page is: empty (safest), short (fewer than size; only if the product never gives less), total (as many as total says), more (more is not true).",
    );
  const more = expressionField().exactOptional().describe("For end more: true while there are more pages.");
  return z.discriminatedUnion("by", [
    z.strictObject({ by: z.literal("none"), total: shared.total }).describe("One answer holds everything."),
    z
      .strictObject({ by: z.literal("page"), first: z.union([z.literal(0), z.literal(1)]), size, end, more, ...shared })
      .describe("Pages by number: the request uses $page and $size."),
    z
      .strictObject({ by: z.literal("offset"), size, end, more, ...shared })
      .describe("By how many came already: the request uses $offset and $size."),
    z
      .strictObject({ by: z.literal("scim"), size, ...shared, total: expressionField().default("=totalResults") })
      .describe("SCIM's startIndex, from 1: the request uses $startIndex and $size. Ends when total came."),
    z
      .strictObject({ by: z.literal("token"), next: expressionField(), size: size.exactOptional(), more, ...shared })
      .describe("The answer gives the token of the next page: the request uses $token, which the first page lacks."),
    z
      .strictObject({ by: z.literal("url"), next: expressionField(), ...shared })
      .describe("The answer gives the address of the next page, which must be below the base URL."),
    z
      .strictObject({ by: z.literal("link"), ...shared })
      .describe('A Link header with rel="next" (RFC 8288), which must be below the base URL.'),
  ]);
}

/** One HTTP request, as a recipe writes it. */
export type RecipeRequest = z.output<ReturnType<typeof requestField>>;
/** One line of an outcome map. */
export type RecipeOutcome = z.output<ReturnType<typeof outcomeField>>;
/** One step of an operation. */
export type RecipeStep = z.output<ReturnType<typeof stepField>>;
/** How a list is read to its end. */
export type RecipePaging = z.output<ReturnType<typeof pagingField>>;
