import type Koa from "koa";
import type { Caller } from "../engine/tokens.ts";

/** What the middleware of one request share. */
export interface RequestState extends Koa.DefaultState {
  /** For the log and for people who report a fault. */
  requestId: string;
  /** Set by the authentication middleware on routes that ask for a token. */
  caller?: Caller;
}

/** A Koa context of this server. */
export type Context = Koa.ParameterizedContext<RequestState>;
/** A Koa middleware of this server. */
export type Middleware = Koa.Middleware<RequestState>;
