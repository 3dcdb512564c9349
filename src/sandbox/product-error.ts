/** One fault in a request: where, and what would be right. */
export interface RequestProblem {
  readonly path: string;
  readonly message: string;
}

/** A request that the product refuses. `code` is stable, `message` is for people. */
export class ProductError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: readonly RequestProblem[];
  constructor(status: number, code: string, message: string, details: readonly RequestProblem[] = []) {
    super(message);
    this.name = "ProductError";
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** 404 for something that does not exist, or exists no more. */
export function notFound(what: "member" | "group" | "booking"): ProductError {
  return new ProductError(404, "not_found", `there is no such ${what}`);
}

/** 409: the request is well-formed, but the state of the product forbids it. */
export function conflict(code: string, message: string): ProductError {
  return new ProductError(409, code, message);
}
