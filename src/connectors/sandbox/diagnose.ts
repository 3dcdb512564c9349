import type { Finding } from "../../ports/connector.ts";
import { good, sentenceOf, toTell } from "../finding.ts";
import type { SandboxClient } from "./client.ts";

/** Looks at the credentials and the seats of a sandbox. It has one token that may do everything, and no rate limit. */
export async function* diagnoseSandbox(client: SandboxClient, signal: AbortSignal): AsyncGenerator<Finding> {
  try {
    const { pools } = await client.seats({ signal });
    yield good("credentials", "The sandbox takes the token.");
    for (const { id, used, total } of pools) {
      const full = used >= total;
      yield {
        subject: "seats",
        verdict: full ? "warning" : "good",
        detail: `${used} of ${total} ${id} seats are in use.`,
        ...(full ? { remedy: "Start the sandbox with more seats (--seats), or free some: joiners wait." } : {}),
      };
    }
  } catch (error) {
    const { reason, message } = toTell(error, signal);
    const isRefused = reason === "auth";
    yield {
      subject: isRefused ? "credentials" : "connection",
      verdict: "bad",
      detail: sentenceOf(message),
      remedy: isRefused
        ? "Set product.token to the token that the sandbox was started with (SANDBOX_TOKEN)."
        : "Start the sandbox (rosterbridge sandbox), or correct product.baseUrl.",
    };
  }
}
