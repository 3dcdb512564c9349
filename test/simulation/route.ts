/** One kind of request to the product, as fault points are counted: method and path, with `:id` for every id. */
export type Route = string;

/** What may befall a request; the lists among them only requests for lists. */
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
