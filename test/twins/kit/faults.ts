import type { HarnessFault } from "../../contracts/connector-harness.ts";
import type { TwinAnswer } from "./answers.ts";
import type { TwinRoute } from "./route.ts";

/** Which requests something happens to; each part that is named has to fit. */
export interface RequestMatch {
  readonly method?: string;
  /** The path of the route as it was declared (`/users/:id`), or a pattern for the path of the request. */
  readonly path?: string | RegExp;
  /** The list of which the route gives a page. */
  readonly list?: string;
  /** Only writes, or only reads. */
  readonly isWrite?: boolean;
  /** Requests that fit, to let pass first; 0 unless told. */
  readonly after?: number;
  /** How many requests to hit; null, for all until `heal`, unless told. */
  readonly times?: number | null;
}

/** What happens in place of the operation, or after it. */
export type TwinFault =
  /** In place of the operation. */
  | { readonly kind: "answer"; readonly answer: TwinAnswer }
  /** The operation is carried out; its answer is replaced. */
  | { readonly kind: "answer-after-effect"; readonly answer: TwinAnswer }
  /** The operation is carried out; its answer is changed on the way out. */
  | { readonly kind: "change-answer"; readonly change: (answer: TwinAnswer) => TwinAnswer }
  /** The connection is cut, without or with the effect. */
  | { readonly kind: "reset" }
  | { readonly kind: "lost-reply" };

/** How the vendor words what goes wrong. */
export interface FaultAnswers {
  readonly unauthorized: () => TwinAnswer;
  /** To be waited for so many seconds; a vendor without `Retry-After` says it in its own headers, or not at all. */
  readonly rateLimited: (seconds: number) => TwinAnswer;
  readonly unavailable: () => TwinAnswer;
}

/** Faults that wait for requests. */
export interface TwinFaults {
  add(fault: TwinFault, match?: RequestMatch): void;
  /** The oldest one that is due for this request, counted as a hit; undefined when there is none. */
  take(request: { readonly method: string; readonly path: string }, route: TwinRoute): TwinFault | undefined;
  clear(): void;
}

/** None. */
export function createTwinFaults(): TwinFaults {
  let waiting: { readonly fault: TwinFault; readonly match: RequestMatch; toPass: number; left: number }[] = [];
  return {
    add(fault, match = {}) {
      waiting.push({ fault, match, toPass: match.after ?? 0, left: match.times ?? Infinity });
    },
    take(request, route) {
      for (const entry of waiting) {
        if (!fits(entry.match, request, route)) continue;
        if (entry.toPass-- > 0) continue;
        entry.left -= 1;
        if (entry.left <= 0) waiting = waiting.filter((other) => other !== entry);
        return entry.fault;
      }
      return undefined;
    },
    clear: () => void (waiting = []),
  };
}

function fits(
  { method, path, list, isWrite }: RequestMatch,
  request: { readonly method: string; readonly path: string },
  route: TwinRoute,
): boolean {
  if (method !== undefined && method !== request.method) return false;
  if (list !== undefined && list !== route.list) return false;
  if (isWrite !== undefined && isWrite !== route.isWrite) return false;
  return typeof path === "string" ? path === route.path : (path?.test(request.path) ?? true);
}

/** The seconds that a rate-limited twin asks for in the contract. */
export const CONTRACT_PAUSE_SECONDS = 120;

/** The fault that the contract harness means. */
export function harnessFault(
  fault: HarnessFault,
  answers: FaultAnswers,
  notJson: TwinAnswer,
): readonly [TwinFault, RequestMatch] {
  switch (fault) {
    case "auth":
      return [{ kind: "answer", answer: answers.unauthorized() }, {}];
    case "rate-limited":
      return [{ kind: "answer", answer: answers.rateLimited(CONTRACT_PAUSE_SECONDS) }, {}];
    case "unavailable":
      return [{ kind: "answer", answer: answers.unavailable() }, {}];
    case "not-json":
      return [{ kind: "answer", answer: notJson }, {}];
    case "lost-reply":
      return [{ kind: "lost-reply" }, { isWrite: true }];
    case "unavailable-after-effect":
      return [{ kind: "answer-after-effect", answer: answers.unavailable() }, { isWrite: true }];
  }
}
