import type { ExecutionContext } from "ava";
import type { Method } from "got";
import type { JsonObject, JsonValue } from "../../../src/domain/json.ts";
import { openTestApp, type Answer, type Ask, type TestApp } from "../../support/app.ts";
import type { BridgeOptions } from "../../support/bridge.ts";

/** The real HTTP face with its admin API, and a token of scope `admin`. */
export interface AdminApp extends TestApp {
  readonly adminToken: string;
  /** A request below `/admin/v1`, with the admin's token unless it says otherwise. */
  admin(method: Method, path: string, ask?: Ask): Promise<Answer>;
}

/** Starts it; everything ends with the test. */
export async function openAdminApp(t: ExecutionContext, options: BridgeOptions = {}): Promise<AdminApp> {
  const app = await openTestApp(t, options);
  const adminToken = await app.newToken("admin");
  return {
    ...app,
    adminToken,
    admin: (method, path, { headers = {}, ...ask } = {}) =>
      app.ask(method, `admin/v1${path}`, {
        token: adminToken,
        ...ask,
        headers: { ...(ask.json === undefined ? {} : { "content-type": "application/json" }), ...headers },
      }),
  };
}

/** Fails unless it is this problem (RFC 9457) with its status. */
export function isProblem(t: ExecutionContext, answer: Answer, status: number, name: string, detail?: RegExp): void {
  t.is(answer.status, status, answer.text);
  t.is(answer.headers["content-type"], "application/problem+json");
  const body: JsonObject = answer.body;
  t.is(body["type"], `urn:rosterbridge:problem:${name}`);
  t.is(body["status"], status);
  t.true(typeof body["title"] === "string" && typeof body["requestId"] === "string");
  if (detail !== undefined) t.regex(textOf(body["detail"]), detail);
}

/** A text of an answer; of anything else its JSON. */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
