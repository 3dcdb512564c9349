import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import type { TwinAnswer } from "./answers.ts";

/** One request, checked: what a handler gets. */
export interface TwinRequest<P = unknown, Q = unknown, B = unknown> {
  readonly method: string;
  /** Without the base path and the query. */
  readonly path: string;
  /** Where the caller believes the twin to be, base path included: for absolute links in answers. */
  readonly baseUrl: string;
  readonly headers: IncomingHttpHeaders;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Records what the vendor's documentation does not allow, such as a call in the wrong order. The test fails by it. */
  violate(problem: string): void;
}

type NoQuery = z.ZodObject<Record<never, never>, z.core.$strict>;
type AnyParams = z.ZodRecord<z.ZodString, z.ZodString>;

/** What the vendor's documentation says of the requests of one operation. Whatever is not named here is a violation. */
export interface RouteShape<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  /** Forms of the ids in the path; unless told, anything without `/` and `..`. */
  readonly params?: P;
  /** Make it `z.strictObject`: unknown keys have to fail. Values are texts (see `wholeNumber`). None are allowed unless told. */
  readonly query?: Q;
  /** Headers that have to be there, by names in lower case, as a `z.object`: others are let pass. */
  readonly headers?: z.ZodType;
  /** Make it `z.strictObject`. No body is allowed unless told. */
  readonly body?: B;
  /** Media type of the body, without parameters; `application/json` unless told. Forms become an object of texts. */
  readonly contentType?: string;
  /** Whether it counts as a write: for the ledger, `lost-reply` and `unavailable-after-effect`. Unless told: not for GET. */
  readonly writes?: boolean;
  /** Name of the list of which this gives a page, for `failPage`: `accounts`. */
  readonly list?: string;
  /** Whether the twin asks who it is; true unless told. False for a login. */
  readonly guarded?: boolean;
}

/** What a route does; may throw TwinRefusal. */
export type TwinHandler<P, Q, B> = (request: TwinRequest<P, Q, B>) => TwinAnswer | Promise<TwinAnswer>;

/** One operation of a vendor. Made by `route`. */
export interface TwinRoute {
  readonly method: string;
  /** As @koa/router has it: `/users/:id`. */
  readonly path: string;
  readonly isWrite: boolean;
  readonly list: string | null;
  readonly isGuarded: boolean;
  readonly contentType: string | null;
  /** Checks the parts of a request: the problems, or the handler bound to what was checked. */
  check(raw: RawRequest): Checked;
}

/** A request before it was checked; `body` is undefined when there was none. */
export type RawRequest = TwinRequest;

/** Where a request differs from the documentation. */
export interface RequestProblem {
  readonly where: "path" | "query" | "headers" | "body";
  /** Dotted path within that part. */
  readonly path: string;
  readonly message: string;
}

/** The outcome of a check. */
export type Checked =
  | { readonly problems: readonly [RequestProblem, ...RequestProblem[]] }
  | { readonly problems: null; run(): TwinAnswer | Promise<TwinAnswer> };

/** A whole number in a query, as a number. */
export function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(min).max(max));
}

const anyParams = z.record(z.string(), z.string().regex(/^(?!\.{1,2}$)[^/]+$/, "is no id"));

/** Declares one operation: what it takes, and what it does. */
export function route<
  P extends z.ZodType = AnyParams,
  Q extends z.ZodType = NoQuery,
  B extends z.ZodType = z.ZodUndefined,
>(
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  shape: RouteShape<P, Q, B>,
  handler: TwinHandler<z.output<P>, z.output<Q>, z.output<B>>,
): TwinRoute {
  const schemas = {
    params: shape.params ?? anyParams,
    query: shape.query ?? z.strictObject({}),
    headers: shape.headers ?? z.object({}),
    body: shape.body ?? z.undefined({ error: "takes no body" }),
  };
  return {
    method,
    path,
    isWrite: shape.writes ?? method !== "GET",
    list: shape.list ?? null,
    isGuarded: shape.guarded ?? true,
    contentType: shape.body === undefined ? null : (shape.contentType ?? "application/json"),
    check(raw) {
      const params = schemas.params.safeParse(raw.params);
      const query = schemas.query.safeParse(raw.query);
      const headers = schemas.headers.safeParse(raw.headers);
      const body = schemas.body.safeParse(raw.body);
      const [first, ...others] = [
        ...problemsOf("path", params),
        ...problemsOf("query", query),
        ...problemsOf("headers", headers),
        ...problemsOf("body", body),
      ];
      if (first !== undefined) return { problems: [first, ...others] };
      const checked = {
        ...raw,
        params: params.data as z.output<P>,
        query: query.data as z.output<Q>,
        body: body.data as z.output<B>,
      };
      return { problems: null, run: () => handler(checked) };
    },
  };
}

function problemsOf(where: RequestProblem["where"], { error }: z.ZodSafeParseResult<unknown>): RequestProblem[] {
  return (error?.issues ?? []).map(({ path, message }) => ({ where, path: path.join("."), message }));
}
