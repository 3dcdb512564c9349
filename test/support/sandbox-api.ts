import type { ExecutionContext } from "ava";
import type { SandboxOptions } from "../../src/sandbox/sandbox.ts";
import { SANDBOX_TOKEN, startSandbox } from "./sandbox.ts";
import type { RunningSandbox } from "./sandbox.ts";

/** An answer of the sandbox, its body unchecked. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}
interface Body {
  readonly [field: string]: unknown;
  readonly id: string;
  readonly items: readonly Body[];
  readonly nextCursor: string | null;
  readonly total: number;
  readonly error: { readonly code: string; readonly message: string; readonly details?: readonly unknown[] };
}

/** A running sandbox and a way to call it. */
export interface Api extends RunningSandbox {
  call(method: string, path: string, json?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Makes a member, and gives the id. */
  member(email: string, fields?: Record<string, unknown>): Promise<string>;
  /** Makes a booking that starts so many hours from now, and gives the id. */
  booking(hostId: string, hours: number, fields?: Record<string, unknown>): Promise<string>;
}

/** Starts a sandbox for one test. */
export async function startApi(t: ExecutionContext, options: Partial<SandboxOptions> = {}): Promise<Api> {
  const sandbox = await startSandbox(t, options);
  const call: Api["call"] = async (method, path, json, headers = {}) => {
    const response = await fetch(`${sandbox.url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${SANDBOX_TOKEN}`, ...headers },
      ...(json === undefined ? {} : { body: typeof json === "string" ? json : JSON.stringify(json) }),
    });
    const text = await response.text();
    const body = (text === "" ? {} : text.startsWith("{") ? JSON.parse(text) : { text }) as Body;
    return { status: response.status, headers: response.headers, body };
  };
  return {
    ...sandbox,
    call,
    member: async (email, fields = {}) => (await call("POST", "/members", { email, ...fields })).body.id,
    async booking(hostId, hours, fields = {}) {
      const start = Date.parse(sandbox.clock.now()) + hours * 3_600_000;
      const startsAt = new Date(start).toISOString();
      const endsAt = new Date(start + 1_800_000).toISOString();
      const guests = [{ name: "Gus", email: "gus@guest.example" }];
      return (await call("POST", "/bookings", { hostId, title: "Intro", startsAt, endsAt, guests, ...fields })).body.id;
    },
  };
}
