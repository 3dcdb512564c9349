import type { z } from "zod";
import type { JsonObject, JsonValue } from "../../domain/json.ts";
import type { TokenScope } from "../../ports/tokens.ts";
import type { ProblemName } from "./admin-error.ts";

/** A schema under the name that it has in the OpenAPI document (`#/components/schemas/<name>`). */
export interface Shape<S extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly schema: S;
}

/** A body that is documented, and sent and checked by the tests. */
export interface Example {
  readonly summary: string;
  readonly value: JsonValue;
}

/** What one status answers. `types`: media types; JSON alone unless told. `shape` null: no body. */
export interface AnswerDeclaration {
  readonly description: string;
  readonly shape: Shape | null;
  /** Further media types of the same, by `Accept`. */
  readonly types?: readonly string[];
  /** Names of headers that go with it, with what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a body must be. */
export interface BodyDeclaration<B extends z.ZodType> {
  readonly shape: Shape<B>;
  /** Requests without a body are taken as this one; a body is required without. */
  readonly whenEmpty?: JsonObject;
  readonly maxBytes?: number;
  readonly examples: readonly Example[];
}

/** What a handler is given: everything checked. */
export interface AdminRequest<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Who asks, as the audit log names them. */
  readonly author: string;
  /** The media type to answer with: one of those declared for success. */
  readonly accepts: string;
  /** Lower-case request header; undefined when it was not sent. */
  header(name: string): string | undefined;
  /** Aborted when the caller hangs up. */
  readonly signal: AbortSignal;
}

/** What a handler answers. */
export interface AdminAnswer {
  readonly status: number;
  /** Checked against the shape of the status; undefined where that has none. */
  readonly body?: unknown;
  /** Written as it comes, instead of `body`; its parts are not checked. Ended early when the caller hangs up. */
  readonly stream?: { readonly type: string; readonly chunks: AsyncGenerator<string, void, void> };
  readonly headers?: Readonly<Record<string, string>>;
}

/** One route, as it is declared. Paths are below `/admin/v1`, with `{name}` for parameters. */
export interface Declaration<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  /** Unique; the name of the operation in generated clients. */
  readonly id: string;
  readonly method: "get" | "post" | "put" | "delete";
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  readonly scopes: readonly TokenScope[];
  readonly params?: P;
  readonly query?: Q;
  readonly body?: BodyDeclaration<B>;
  /** Request headers beside `Authorization`, with what they are for. */
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly example: string }>>;
  readonly answers: Readonly<Record<number, AnswerDeclaration>>;
  /** It makes a whole plan: only a few of these are served at once. */
  readonly isHeavy?: boolean;
  /** What else may be answered, beside what every route may. */
  readonly problems: readonly ProblemName[];
  handle(request: AdminRequest<z.output<P>, z.output<Q>, z.output<B>>): Promise<AdminAnswer>;
}

/** A declared route, whose types of input are behind it. */
export interface AdminRoute extends Omit<Declaration<z.ZodType, z.ZodType, z.ZodType>, "handle"> {
  handle(request: AdminRequest<unknown, unknown, unknown>): Promise<AdminAnswer>;
}

/** Declares a route: what the handler is given has the types of its schemas. */
export function adminRoute<
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
>(declaration: Declaration<P, Q, B>): AdminRoute {
  return {
    ...declaration,
    // The guard has parsed all three with the schemas above.
    handle: (request) => declaration.handle(request as AdminRequest<z.output<P>, z.output<Q>, z.output<B>>),
  };
}

/** Who may look, and who may change things. */
export const READERS: readonly TokenScope[] = ["admin", "read"];
export const ADMINS: readonly TokenScope[] = ["admin"];
