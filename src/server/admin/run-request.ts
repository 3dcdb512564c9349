import { z } from "zod";
import type { DirectoryUserId } from "../../domain/directory.ts";
import type { Services } from "../../engine/services.ts";
import { AdminError, type ProblemName } from "./admin-error.ts";
import type { AdminAnswer, Example } from "./declaration.ts";
import { RUN_ANSWER } from "./shapes/run.ts";

/** What a plan or a run may be asked for. */
export const runRequestFields = {
  person: z
    .string()
    .min(1)
    .max(512)
    .exactOptional()
    .describe("Only this person: an id, userName, e-mail or externalId. Everybody without."),
  acceptAccounts: z
    .int()
    .min(0)
    .exactOptional()
    .describe("Somebody has looked: a listing of exactly so many accounts is trusted, much shorter than the last."),
  acceptTenant: z
    .string()
    .min(1)
    .max(256)
    .exactOptional()
    .describe("Somebody has looked: the product is this organisation from now on."),
};

/** `runRequestFields`, parsed. */
export interface Asked {
  readonly person?: string;
  readonly acceptAccounts?: number;
  readonly acceptTenant?: string;
}

/** Whom a run is for. */
export type Whom =
  | { readonly lane: "full"; readonly acceptAccounts?: number; readonly acceptTenant?: string }
  | { readonly lane: "urgent"; readonly people: readonly DirectoryUserId[] };

/** Throws UnknownSubjectError and UsageError as `Permissions.identify`, and AdminError where the parts do not go together. */
export async function whomOf({ permissions }: Services, { person, ...accepted }: Asked): Promise<Whom> {
  if (person === undefined) return { lane: "full", ...accepted };
  const [other] = Object.keys(accepted);
  if (other !== undefined) {
    const message = `is about everybody: it does not go with person`;
    throw new AdminError("invalid-request", `body.${other}: ${message}`, {
      more: { errors: [{ path: `body.${other}`, message }] },
    });
  }
  return { lane: "urgent", people: [await permissions.identify(person)] };
}

const DEFAULT_WAIT_S = 20;
const LONGEST_WAIT_S = 25;

/** How long a caller waits for the end of a run (RFC 7240 section 4.3). */
export const WAIT_HEADER = {
  Prefer: {
    description: `How long to wait for the end of the run, in seconds: from 0 to ${LONGEST_WAIT_S}; ${DEFAULT_WAIT_S} without, 0 with \`respond-async\`. After it the answer is 202, and the run goes on.`,
    example: "wait=5",
  },
};

/** What a request for a run is answered with. */
export const RUN_ANSWERS = {
  200: { description: "It has ended, or there was nothing to do.", shape: RUN_ANSWER },
  202: { description: "It goes on.", shape: RUN_ANSWER, headers: { Location: "The run." } },
};

/** Bodies of a request for a plan or a run. */
export const RUN_EXAMPLES: readonly Example[] = [
  { summary: "Everybody", value: {} },
  { summary: "One person", value: { person: "ana@acme.example" } },
];

/** What may be wrong with a request for a plan or a run. */
export const PLANNING_PROBLEMS: readonly ProblemName[] = [
  "not-found",
  "not-possible",
  "product-refused",
  "product-unavailable",
  "tenant-changed",
];

interface RunCall {
  readonly body: Asked;
  header(name: string): string | undefined;
}

/** Starts a run, waits for a while, and says what came of it until then. */
export async function runAnswer(
  services: Services,
  { body, header }: RunCall,
  more: { readonly expectDigest?: string } = {},
): Promise<AdminAnswer> {
  const whom = await whomOf(services, body);
  const waitMs = waitIn(header("prefer")) * 1_000;
  const ran = await services.backgroundRuns.start({ ...whom, ...more, trigger: "admin", waitMs });
  switch (ran.state) {
    case "finished":
      return { status: 200, body: { state: ran.state, run: ran.report.id, report: ran.report } };
    case "nothing-to-do":
      return { status: 200, body: { state: ran.state, run: null, report: null } };
    case "running":
      return {
        status: 202,
        headers: { Location: `/admin/v1/runs/${ran.run}` },
        body: { state: ran.state, run: ran.run, report: null },
      };
  }
}

/**
 * Seconds. What cannot be kept is shortened: a preference is no demand. `respond-async` alone asks not to wait at all; the
 * first of a name counts (RFC 7240 sections 2, 4.1 and 4.3).
 */
function waitIn(prefer: string | undefined): number {
  const preferences = (prefer ?? "").split(",").map((one) => one.replace(/;.*$/s, "").trim().toLowerCase());
  const waits = preferences.map((one) => /^wait\s*=\s*"?(\d{1,9})"?$/.exec(one)?.[1]);
  const seconds = waits.find((found) => found !== undefined);
  if (seconds !== undefined) return Math.min(Number(seconds), LONGEST_WAIT_S);
  return preferences.includes("respond-async") ? 0 : DEFAULT_WAIT_S;
}
