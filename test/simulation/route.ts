/** One kind of request to the product, as fault points are counted: method and path, with `:id` for every id. */
export type Route = string;

/** Kinds of faults of the sandbox, without those that only tests of the sandbox itself need. */
export type FaultKind =
  | "latency"
  | "rate-limited"
  | "unauthorized"
  | "error-before-effect"
  | "error-after-effect"
  | "lost-reply"
  | "short-list"
  | "empty-list"
  | "repeated-list"
  | "not-json";

const READS: readonly Route[] = ["GET /members/:id", "GET /members?email", "GET /seats"];
const LISTS: readonly Route[] = ["GET /members", "GET /groups", "GET /bookings"];
const WRITES: readonly Route[] = [
  "POST /members",
  "PATCH /members/:id",
  "DELETE /members/:id",
  "POST /members/:id/deactivate",
  "POST /members/:id/reactivate",
  "PUT /members/:id/seat",
  "DELETE /members/:id/seat",
  "POST /groups",
  "PUT /groups/:id/members/:id",
  "DELETE /groups/:id/members/:id",
  "POST /bookings/:id/cancel",
  "POST /bookings/:id/reassign",
];

const ANY: readonly FaultKind[] = [
  "latency",
  "rate-limited",
  "unauthorized",
  "error-before-effect",
  "lost-reply",
  "not-json",
];

/** Every route that the connector uses. */
export const ROUTES: readonly Route[] = [...READS, ...LISTS, ...WRITES];

/** The faults that can happen on a route. A short answer to a question about one address is none of them: nothing tells it. */
export function faultsOf(route: Route): readonly FaultKind[] {
  if (LISTS.includes(route)) return [...ANY, "short-list", "empty-list", "repeated-list"];
  return WRITES.includes(route) ? [...ANY, "error-after-effect"] : ANY;
}

/** The route of a request; `path` begins with `/v1/`. */
export function routeOf(method: string, url: URL): Route {
  const path = url.pathname.replace(/^\/v1/, "").replaceAll(/\/(?:mem|grp|bkg)_[\w-]+/g, "/:id");
  return `${method} ${path}${url.searchParams.has("email") ? "?email" : ""}`;
}

/** Whether a route changes the product. */
export function isWriteRoute(route: Route): boolean {
  return !route.startsWith("GET ");
}
