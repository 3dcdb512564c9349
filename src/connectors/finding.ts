import { ConnectorError } from "../domain/errors.ts";
import type { Finding } from "../ports/connector.ts";
import type { BudgetHeaders } from "./rate-headers.ts";

/** Something that is in order. */
export function good(subject: string, detail: string): Finding {
  return { subject, verdict: "good", detail };
}

/** The message of an error as a whole sentence. */
export function sentenceOf(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}`.replace(/\.?$/, ".");
}

/** The error, where it is one to tell as a finding; throws every other one, and what an aborted signal made. */
export function toTell(error: unknown, signal: AbortSignal): ConnectorError {
  if (error instanceof ConnectorError && !signal.aborted) return error;
  throw error;
}

/** What the product said of its rate limit with its last answer; `untold` where it said nothing. */
export function rateLimitFinding(budget: BudgetHeaders | null, untold: Omit<Finding, "subject">): Finding {
  const subject = "rate limit";
  if (budget === null) return { subject, ...untold };
  const of = budget.limit === null ? "" : ` of ${budget.limit}`;
  return good(subject, `${budget.remaining}${of} requests are left in this window.`);
}
