import type { z } from "zod";
import { BridgeError } from "../../domain/errors.ts";
import { explainIssue, toProblems } from "../../lib/explain-issue.ts";
import { readJsonBody } from "../../lib/read-body.ts";
import type { Context } from "../state.ts";
import { AdminError } from "./admin-error.ts";
import type { AdminAnswer, AdminRequest, AdminRoute } from "./declaration.ts";
import type { Places } from "./places.ts";
import { toErrors } from "./problems.ts";
import { sendStream } from "./send-stream.ts";

const JSON_TYPE = "application/json";
const MAX_BODY_BYTES = 1024 * 1024;

/** An answer that is not what its route declares: a fault of this server, answered with 500. */
export class UndeclaredAnswerError extends BridgeError {
  readonly code = "admin.undeclared-answer";
}

/** The caller has hung up: there is nobody to answer. */
export class HungUpError extends BridgeError {
  readonly code = "admin.hung-up";
}

/**
 * Checks a request by its declaration, has it handled, checks the answer, and sends it. Heavy routes take a place until the
 * answer is sent.
 */
export async function serveRoute(ctx: Context, route: AdminRoute, places: Places): Promise<void> {
  const types = successTypes(route);
  if (types.length > 1) ctx.vary("Accept");
  const accepts = acceptedOf(ctx, types);
  const input = await inputOf(ctx, route);
  const hungUp = new AbortController();
  const closed = new Promise<void>((resolve) => void ctx.res.once("close", resolve)).then(() => hungUp.abort());
  // The place of one who hangs up is not free before the work has noticed.
  const release = route.isHeavy === true ? places.take() : null;
  try {
    if (ctx.res.destroyed) throw new HungUpError("The caller has hung up.");
    const { signal } = hungUp;
    const author = `token:${ctx.state.caller?.token ?? "unknown"}`;
    const header = (name: string): string | undefined => ctx.get(name) || undefined;
    const answer = await route.handle({ ...input, author, accepts, header, signal });
    await send(ctx, route, answer);
  } catch (error) {
    throw hungUp.signal.aborted ? new HungUpError("The caller has hung up.", { cause: error }) : error;
  } finally {
    if (release !== null) void (ctx.res.destroyed ? release() : closed.then(release));
  }
}

/** The media type to answer with. Some clients put a charset beside the type: JSON and our texts are UTF-8. */
function acceptedOf(ctx: Context, types: readonly string[]): string {
  if (types.length === 0) return "";
  const accepted = ctx.accepts(...types) || ctx.accepts(...types.map((type) => `${type};charset=utf-8`));
  if (accepted !== false) return accepted.replace(/;.*$/, "");
  throw new AdminError("not-acceptable", `This is answered as ${types.join(" or ")}.`);
}

/** Media types of the answers that are no problems, JSON first. */
function successTypes({ answers }: AdminRoute): readonly string[] {
  const bodies = Object.values(answers).filter(({ shape }) => shape !== null);
  return [...new Set(bodies.flatMap(({ types = [] }) => [JSON_TYPE, ...types]))];
}

type Input = Pick<AdminRequest<unknown, unknown, unknown>, "params" | "query" | "body">;

async function inputOf(ctx: Context, route: AdminRoute): Promise<Input> {
  const faults: { readonly path: string; readonly message: string }[] = [];
  const take = (schema: z.ZodType | undefined, value: unknown, place: string): unknown => {
    const parsed = schema?.safeParse(value, { error: explainIssue });
    if (parsed === undefined || parsed.success) return parsed?.data;
    faults.push(
      ...toProblems(parsed.error).map(({ path, message }) => ({
        path: path === "" ? place : joined(place, path),
        message,
      })),
    );
    return undefined;
  };
  const params = take(route.params, ctx["params"], "path");
  const query = take(route.query, queryOf(ctx, route, faults), "query");
  const body = take(route.body?.shape.schema, route.body === undefined ? undefined : await bodyOf(ctx, route), "body");
  if (faults.length > 0) {
    const [first] = faults;
    const many = faults.length === 1 ? "" : ` (and ${faults.length - 1} more)`;
    throw new AdminError("invalid-request", `${first?.path}: ${first?.message}${many}`, {
      more: { errors: toErrors(faults) },
    });
  }
  return { params, query, body };
}

function joined(place: string, path: string): string {
  return path.startsWith("[") ? `${place}${path}` : `${place}.${path}`;
}

/** Each key once; a route without a declared query takes none. */
function queryOf(ctx: Context, route: AdminRoute, faults: { path: string; message: string }[]): Record<string, string> {
  const parameters = new URLSearchParams(ctx.querystring);
  const query: [string, string][] = [];
  for (const key of new Set(parameters.keys())) {
    const [value = "", ...others] = parameters.getAll(key);
    if (others.length > 0) faults.push({ path: `query.${key}`, message: "must be given once" });
    else if (route.query === undefined) faults.push({ path: `query.${key}`, message: "is not taken here" });
    else query.push([key, value]);
  }
  // Own properties whatever the names are: `__proto__` is an unknown key like another.
  return Object.fromEntries(query);
}

async function bodyOf(ctx: Context, { body }: AdminRoute): Promise<unknown> {
  const read = await readJsonBody(ctx.req, { maxBytes: body?.maxBytes ?? MAX_BODY_BYTES });
  if (read === undefined) {
    if (body?.whenEmpty !== undefined) return body.whenEmpty;
    throw new AdminError("invalid-request", "The request needs a body, as JSON.", {
      more: { errors: [{ path: "body", message: "is required" }] },
    });
  }
  if (ctx.request.type !== "" && ctx.is("json", "+json") === false)
    throw new AdminError("unsupported-media-type", `Send the body as ${JSON_TYPE}.`);
  return read;
}

async function send(ctx: Context, route: AdminRoute, { status, body, stream, headers }: AdminAnswer): Promise<void> {
  const declared = route.answers[status];
  if (declared === undefined) throw new UndeclaredAnswerError(`${route.id} does not declare the status ${status}.`);
  if (stream !== undefined) await sendStream(ctx, stream);
  ctx.set({ ...headers });
  ctx.status = status;
  if (stream !== undefined) return;
  if (declared.shape === null) {
    ctx.body = null;
    return;
  }
  const checked = declared.shape.schema.safeParse(JSON.parse(JSON.stringify(body)));
  if (!checked.success) {
    const faults = toProblems(checked.error).map(({ path, message }) => `${path}: ${message}`);
    throw new UndeclaredAnswerError(`${route.id} answered what it does not declare: ${faults.join("; ")}`);
  }
  ctx.body = JSON.stringify(checked.data);
  ctx.set("Content-Type", JSON_TYPE);
}
