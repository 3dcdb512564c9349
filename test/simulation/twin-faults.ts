import { html, type TwinAnswer } from "../twins/kit/answers.ts";
import type { TwinCore, TwinSpec } from "../twins/kit/twin.ts";
import type { FaultKind } from "./route.ts";

/** What can befall any request to a twin. */
const ANY: readonly FaultKind[] = ["rate-limited", "unauthorized", "error-before-effect", "lost-reply", "not-json"];

/**
 * The faults that can happen on a route of a twin. A list that comes short is none of them: where a product does not say
 * how much there is, nothing tells it.
 */
export function twinFaults(kind: "read" | "list" | "write"): readonly FaultKind[] {
  if (kind === "write") return [...ANY, "error-after-effect"];
  return kind === "list" ? [...ANY, "empty-list", "repeated-list"] : ANY;
}

/** How a page of a vendor's lists looks when it comes empty, or leads back to itself. `query`: what the page was asked by. */
export interface SpoiltPages {
  empty(body: Body): unknown;
  repeated(body: Body, query: URLSearchParams): unknown;
}

/** An answer in JSON. */
export type Body = Readonly<Record<string, unknown>>;

/** One fault for one request. */
export interface Spoil {
  readonly kind: FaultKind;
  readonly method: string;
  readonly url: URL;
}

/** Lets the next request of this method to this path fail so; `basePath` is what the twin's paths begin with. */
export function spoilNext(
  twin: Pick<TwinCore, "fault">,
  { vendor, basePath = "" }: TwinSpec,
  pages: SpoiltPages,
  { kind, method, url }: Spoil,
): void {
  const path = url.pathname.slice(basePath.length).replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const match = { method, path: new RegExp(`^${path}$`), times: 1 };
  const change = (edit: (body: Body) => unknown): void => {
    const changed = (answer: TwinAnswer): TwinAnswer => ({ ...answer, body: edit(answer.body as Body) });
    twin.fault({ kind: "change-answer", change: changed }, match);
  };
  switch (kind) {
    case "rate-limited":
      return twin.fault({ kind: "answer", answer: vendor.rateLimited(2) }, match);
    case "unauthorized":
      return twin.fault({ kind: "answer", answer: vendor.unauthorized() }, match);
    case "error-before-effect":
      return twin.fault({ kind: "answer", answer: vendor.unavailable() }, match);
    case "error-after-effect":
      return twin.fault({ kind: "answer-after-effect", answer: vendor.unavailable() }, match);
    case "lost-reply":
      return twin.fault({ kind: "lost-reply" }, match);
    case "not-json":
      return twin.fault({ kind: "answer", answer: html(200) }, match);
    case "empty-list":
      return change((body) => pages.empty(body));
    case "repeated-list":
      return change((body) => pages.repeated(body, url.searchParams));
    default:
      throw new TypeError(`A twin knows no fault of the kind ${kind}.`);
  }
}
