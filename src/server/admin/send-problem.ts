import type { Context } from "../state.ts";
import { PROBLEMS, type Problem } from "./problems.ts";

/** Sends problem details (RFC 9457). */
export function sendProblem(ctx: Context, { name, detail, headers, more }: Problem): void {
  const { status, title } = PROBLEMS[name];
  ctx.set({ ...headers });
  ctx.status = status;
  const type = `urn:rosterbridge:problem:${name}`;
  ctx.body = JSON.stringify({ type, title, status, detail, requestId: ctx.state.requestId, ...more });
  ctx.set("Content-Type", "application/problem+json");
}
