/**
 * A small base for strict twins of vendors' HTTP interfaces.
 *
 * A twin is a list of routes over state of its own, plus the vendor's manners (`TwinVendor`): how it checks credentials,
 * and how it words refusals. The kit does the rest: it checks each request against what the route declares, keeps a
 * ledger, and lets faults happen.
 *
 *     const twin = await startTwin(t, {
 *       vendor: { authenticate, invalid, unknownPath, unauthorized, rateLimited, unavailable },
 *       basePath: "/v2",
 *       routes: [
 *         route("GET", "/users", { query: z.strictObject({ skip: wholeNumber(0, 1e6).exactOptional() }), list: "accounts" },
 *           ({ query }) => json(200, { data: state.page(query.skip ?? 0) })),
 *         route("POST", "/users", { body: z.strictObject({ email: z.email() }) },
 *           ({ body }) => json(201, state.add(body.email))),
 *         route("PUT", "/search", { body: search, writes: false }, …),       // a list that is asked for by PUT
 *         route("GET", "/cancel/:id", { params: z.object({ id: anId }), writes: true }, …),   // a GET that changes things
 *       ],
 *     });
 *
 * Unknown paths, unknown query keys, missing headers, bodies where none is due, wrong media types, wrong id forms: each is
 * a violation, answered as `vendor.invalid` or `vendor.unknownPath` says. When the test ends with violations it fails, by
 * itself; `takeViolations` is for tests that provoke them. What a vendor documents as a refusal (a duplicate e-mail) is
 * none: return it, or throw `TwinRefusal`. A call in the wrong order: `request.violate("…")`.
 *
 * Order within a request: faults in place of it, credentials, rate limit, checks, handler, faults after it.
 *
 * For the contract harness: `fail(fault)`, `failPage("accounts", 2)`, `heal()`, `writes().length`. For other mishaps:
 * `fault({ kind: "answer", answer: json(409, …) }, { method: "POST", path: "/users", times: 1 })`. For broken bytes (half
 * of a document, endless bodies, a slow drip, redirects) there is `twin.spoiler`, which `badAnswerContract` wants as `spoiler` of the harness.
 */
import type { RequestListener } from "node:http";
import Router from "@koa/router";
import type { ExecutionContext } from "ava";
import Koa from "koa";
import type { Context } from "koa";
import type { HarnessFault } from "../../contracts/connector-harness.ts";
import { listen } from "../../../src/lib/http-server.ts";
import { parseJson } from "../../../src/lib/parse-json.ts";
import { html, TwinRefusal, type TwinAnswer } from "./answers.ts";
import { createTwinFaults, harnessFault, type FaultAnswers, type RequestMatch, type TwinFault } from "./faults.ts";
import { createRateWindow, type RateRules } from "./rate-window.ts";
import type { RawRequest, RequestProblem, TwinRoute } from "./route.ts";
import { createSpoiling, type Spoiler, type SpoilingCore } from "./spoiler.ts";

/** The manners of a vendor. */
export interface TwinVendor extends FaultAnswers {
  /** Null lets the request in; an answer (the vendor's 401) does not. */
  readonly authenticate: (request: RawRequest) => TwinAnswer | null;
  /** The vendor's answer to a request that is not as documented. */
  readonly invalid: (problems: readonly RequestProblem[], request: RawRequest) => TwinAnswer;
  /** The vendor's answer where there is no such path or method. */
  readonly unknownPath: (request: RawRequest) => TwinAnswer;
  /** What comes with every answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a twin is made. */
export interface TwinSpec {
  readonly vendor: TwinVendor;
  readonly routes: readonly TwinRoute[];
  /** What the base URL ends with, such as `/v2`; "" unless told. */
  readonly basePath?: string;
  /** Where the vendor has a rate limit that tests should meet: a window, and the headers that tell of it. */
  readonly rate?: RateRules;
  /** Shared by several twins that one connector speaks to, so that all of them are spoilt at once (`createSpoiling`). */
  readonly spoiling?: SpoilingCore;
  /** Called, and waited for, right before a write is carried out and right after it took effect. `path` begins with the base path. */
  readonly onWrite?: (
    phase: "before-effect" | "after-effect",
    call: { readonly method: string; readonly path: string },
  ) => void | Promise<void>;
}

/** One request as it ended. */
export interface TwinCall {
  readonly method: string;
  /** As declared: `/users/:id`; null where there is no such route. */
  readonly route: string | null;
  /** As it came, without the base path and the query. */
  readonly path: string;
  readonly query: string;
  readonly isWrite: boolean;
  /** What the handler answered, or what a fault or a refusal answered in its place; 0 when the connection was cut before. */
  readonly status: number;
  /** Whether the handler answered 2xx, whatever the caller got to see. */
  readonly effect: boolean;
}

/** A vendor's HTTP interface in memory. */
export interface TwinCore {
  readonly handler: RequestListener;
  /** All requests in the order in which they ended. */
  calls(): readonly TwinCall[];
  /** The writes among them, refused ones included. */
  writes(): readonly TwinCall[];
  /** What came that the vendor's documentation does not allow, as sentences. */
  violations(): readonly string[];
  /** The same, which are then forgotten. */
  takeViolations(): readonly string[];
  /** A fault of the contract harness, until `heal`. */
  fail(fault: HarnessFault): void;
  /** From now on, the n-th request (from 1) for a page of this list and all later ones fail as the vendor's 503. */
  failPage(list: string, nth: number): void;
  /** Anything else that goes wrong. */
  fault(fault: TwinFault, match?: RequestMatch): void;
  heal(): void;
}

/** A twin that listens. */
export interface Twin extends TwinCore {
  /** With the base path. */
  readonly url: string;
  /** Spoils answers of this twin, byte by byte; at the same URL. */
  readonly spoiler: Spoiler;
}

/** Serves a twin on a free port until the test ends, which fails when there were violations. */
export async function startTwin(t: ExecutionContext, spec: TwinSpec): Promise<Twin> {
  const twin = createTwin(spec);
  const spoiling = spec.spoiling ?? createSpoiling();
  let spoilt: RequestListener = twin.handler;
  const where = { host: "127.0.0.1", port: 0 };
  const { url, close } = await listen((request, response) => spoilt(request, response), where);
  spoilt = spoiling.listener(url, twin.handler);
  const base = `${url}${spec.basePath ?? ""}`;
  t.teardown(async () => {
    await close(0);
    const violations = twin.violations();
    if (violations.length > 0) throw new Error(`The twin was spoken to wrongly:\n  ${violations.join("\n  ")}`);
  });
  return { ...twin, url: base, spoiler: { ...spoiling.controls, url: base } };
}

/** A twin without a server, for those who have no test at hand. Nobody looks at its violations. */
export function createTwin(spec: TwinSpec): TwinCore {
  const { vendor, basePath = "", routes } = spec;
  const faults = createTwinFaults();
  const calls: TwinCall[] = [];
  let violations: string[] = [];
  const rate = spec.rate === undefined ? null : createRateWindow(spec.rate);
  const violate = (text: string): void => void violations.push(text);
  const context = { vendor, basePath, faults, rate, violate, onWrite: spec.onWrite };

  const router = new Router({ prefix: basePath, strict: true, sensitive: true });
  for (const route of routes) {
    router.register(route.path, [route.method], async (ctx: Context & { params: Record<string, string> }) => {
      const request = await receive(ctx, ctx.params, route, context);
      const outcome = await serve(request, route, context);
      const { method, path } = request;
      const { isWrite } = route;
      calls.push({ method, route: route.path, path, query: ctx.querystring, isWrite, ...outcome.call });
      send(ctx, outcome.answer, vendor, rate?.headers() ?? {});
    });
  }
  const app = new Koa();
  app.silent = true;
  app.use(router.routes());
  app.use(async (ctx) => {
    const request = await receive(ctx, {}, null, context);
    const { method, path } = request;
    violations.push(`${method} ${path}: there is no such operation`);
    const answer = vendor.unknownPath(request);
    calls.push({
      method,
      route: null,
      path,
      query: ctx.querystring,
      isWrite: method !== "GET",
      ...ended(answer, false),
    });
    send(ctx, answer, vendor, {});
  });
  const callback = app.callback();

  return {
    handler: (request, response) => void callback(request, response),
    calls: () => [...calls],
    writes: () => calls.filter(({ isWrite }) => isWrite),
    violations: () => [...violations],
    takeViolations() {
      const taken = violations;
      violations = [];
      return taken;
    },
    fail: (fault) => faults.add(...harnessFault(fault, vendor, html(200))),
    failPage: (list, nth) => faults.add({ kind: "answer", answer: vendor.unavailable() }, { list, after: nth - 1 }),
    fault: (fault, match) => faults.add(fault, match),
    heal: () => faults.clear(),
  };
}

interface TwinContext {
  readonly vendor: TwinVendor;
  readonly basePath: string;
  readonly faults: ReturnType<typeof createTwinFaults>;
  readonly rate: ReturnType<typeof createRateWindow> | null;
  readonly violate: (text: string) => void;
  readonly onWrite: TwinSpec["onWrite"];
}

/** What becomes of a request: what is sent (null: the connection is cut), and what the ledger says. */
interface Outcome {
  readonly answer: TwinAnswer | null;
  readonly call: Pick<TwinCall, "status" | "effect">;
}

async function serve(request: RawRequest, route: TwinRoute, context: TwinContext): Promise<Outcome> {
  const fault = context.faults.take(request, route);
  if (fault?.kind === "reset") return { answer: null, call: { status: 0, effect: false } };
  if (fault?.kind === "answer") return { answer: fault.answer, call: ended(fault.answer, false) };
  const { answer, effect } = await operate(request, route, context);
  return { answer: spoil(answer, fault), call: ended(answer, effect) };
}

function spoil(answer: TwinAnswer, fault: TwinFault | undefined): TwinAnswer | null {
  switch (fault?.kind) {
    case "lost-reply":
      return null;
    case "answer-after-effect":
      return fault.answer;
    case "change-answer":
      return fault.change(answer);
    default:
      return answer;
  }
}

async function operate(
  request: RawRequest,
  route: TwinRoute,
  { vendor, rate, violate, basePath, onWrite }: TwinContext,
): Promise<{ readonly answer: TwinAnswer; readonly effect: boolean }> {
  const refusal = route.isGuarded ? vendor.authenticate(request) : null;
  if (refusal !== null) return { answer: refusal, effect: false };
  const exceeded = rate?.take() ?? null;
  if (exceeded !== null) return { answer: vendor.rateLimited(exceeded.seconds), effect: false };
  const checked = route.check(request);
  if (checked.problems !== null) {
    for (const { where, path, message } of checked.problems) {
      violate(`${request.method} ${request.path}: ${where}${path === "" ? "" : ` ${path}`}: ${message}`);
    }
    return { answer: vendor.invalid(checked.problems, request), effect: false };
  }
  try {
    const call = { method: request.method, path: `${basePath}${request.path}` };
    if (route.isWrite) await onWrite?.("before-effect", call);
    const answer = await checked.run();
    const effect = answer.status >= 200 && answer.status < 300;
    if (route.isWrite && effect) await onWrite?.("after-effect", call);
    return { answer, effect };
  } catch (error) {
    if (error instanceof TwinRefusal) return { answer: error.answer, effect: false };
    violate(`${request.method} ${request.path}: the twin itself failed: ${String(error)}`);
    return { answer: vendor.unavailable(), effect: false };
  }
}

async function receive(
  ctx: Context,
  params: Readonly<Record<string, string>>,
  route: TwinRoute | null,
  { basePath, violate }: TwinContext,
): Promise<RawRequest> {
  const path = ctx.path.startsWith(basePath) ? ctx.path.slice(basePath.length) : ctx.path;
  const { method, headers } = ctx;
  const problem = (text: string): void => violate(`${method} ${path}: ${text}`);
  const body = await bodyOf(ctx, route, problem);
  return {
    method,
    path,
    // Who stands in front of it may have taken the beginning of the path away.
    baseUrl: `http://${ctx.host}${ctx.get("x-forwarded-prefix")}${basePath}`,
    headers,
    params,
    query: { ...ctx.query },
    body,
    violate: problem,
  };
}

async function bodyOf(ctx: Context, route: TwinRoute | null, violate: (text: string) => void): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of ctx.req) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  if (text === "") return undefined;
  const type = (ctx.get("content-type").split(";")[0] ?? "").trim().toLowerCase();
  if (route !== null && route.contentType !== null && route.contentType !== type) {
    violate(`the body is ${type === "" ? "of no type" : type}, not ${route.contentType}`);
  }
  if (type === "application/x-www-form-urlencoded") return Object.fromEntries(new URLSearchParams(text));
  try {
    return parseJson(text, 64);
  } catch {
    violate("the body is not JSON");
    return text;
  }
}

function ended({ status }: TwinAnswer, effect: boolean): Pick<TwinCall, "status" | "effect"> {
  return { status, effect };
}

function send(
  ctx: Context,
  answer: TwinAnswer | null,
  vendor: TwinVendor,
  rateHeaders: Readonly<Record<string, string>>,
): void {
  if (answer === null) {
    ctx.respond = false;
    ctx.req.socket.destroy();
    return;
  }
  const { status, body, text, type } = answer;
  ctx.status = status;
  ctx.set({ ...vendor.headers, ...rateHeaders, ...answer.headers });
  const content = body === undefined ? text : JSON.stringify(body);
  ctx.body = content ?? null;
  // Without a body, koa answers 204 in place of any other status.
  ctx.status = status;
  if (content !== undefined) ctx.type = type ?? (body === undefined ? "text/plain" : "application/json");
}
