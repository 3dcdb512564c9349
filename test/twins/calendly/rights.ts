import { z } from "zod";
import { TwinRefusal } from "../kit/answers.ts";
import { denied } from "./pages.ts";
import { membershipOf } from "./state.ts";
import type { CalendlyState } from "./state.ts";

/** A URI below the twin, as its last segment. A proxy in front of it may have put a number before all paths. */
export function uriOf(path: string) {
  const whole = new RegExp(`^https?://[^/]+/(?:\\d+/)?${path}/([\\w-]+)$`);
  return z
    .string()
    .regex(whole, `must be the URI of one of ${path}`)
    .transform((text) => whole.exec(text)?.[1] ?? "");
}

/** Only owners and admins may, as Calendly says for each operation on people. */
export function mustBeAdmin(state: CalendlyState): void {
  const role = membershipOf(state, state.tokenOwner)?.role;
  if (role !== "owner" && role !== "admin") throw new TwinRefusal(denied());
}

/** Nobody sees another organisation. */
export function mustBeOurs(state: CalendlyState, organization: string): void {
  if (organization === state.organization) return;
  throw new TwinRefusal(denied("You do not have permission to access this resource."));
}
