import { ConnectorError } from "../../domain/errors.ts";
import type { Finding } from "../../ports/connector.ts";
import type { SandboxClient } from "./client.ts";

/** Looks at the credentials and the seats of a sandbox. It has one token that may do everything, and no rate limit. */
export async function* diagnoseSandbox(client: SandboxClient, signal: AbortSignal): AsyncGenerator<Finding> {
  try {
    const { pools } = await client.seats({ signal });
    yield { subject: "credentials", verdict: "good", detail: "The sandbox takes the token." };
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
    if (!(error instanceof ConnectorError) || signal.aborted) throw error;
    const isRefused = error.reason === "auth";
    yield {
      subject: isRefused ? "credentials" : "connection",
      verdict: "bad",
      detail: `${error.message.replace(/\.?$/, ".")}`,
      remedy: isRefused
        ? "Set product.token to the token that the sandbox was started with (SANDBOX_TOKEN)."
        : "Start the sandbox (rosterbridge sandbox), or correct product.baseUrl.",
    };
  }
}
