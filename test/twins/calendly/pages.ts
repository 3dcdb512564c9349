import { z } from "zod";
import { json, TwinRefusal, type TwinAnswer } from "../kit/answers.ts";
import { wholeNumber, type TwinRequest } from "../kit/route.ts";

/** What every list takes. */
export const paging = { count: wholeNumber(1, 100).exactOptional(), page_token: z.string().min(1).exactOptional() };

type ListQuery = { readonly count?: number; readonly page_token?: string };

/**
 * One page of a list, in Calendly's envelope. A token holds for the very list that it was given for: another filter with it
 * is a violation.
 */
export function page<T>(
  request: TwinRequest<unknown, ListQuery>,
  all: readonly T[],
  shape: (one: T) => unknown,
): TwinAnswer {
  const { count = 20, page_token: token, ...filters } = request.query;
  const list = JSON.stringify([request.path, Object.entries(filters).sort(), count]);
  const start = token === undefined ? 0 : startOf(token, list, request);
  const items = all.slice(start, start + count);
  const tokenAt = (at: number): string => Buffer.from(JSON.stringify([list, at])).toString("base64url");
  const next = start + count < all.length ? tokenAt(start + count) : null;
  const previous = start > 0 ? tokenAt(Math.max(0, start - count)) : null;
  const link = (to: string | null): string | null =>
    to === null ? null : `${request.baseUrl}${request.path}?count=${count}&page_token=${to}`;
  return json(200, {
    collection: items.map(shape),
    pagination: {
      count: items.length,
      next_page: link(next),
      previous_page: link(previous),
      next_page_token: next,
      previous_page_token: previous,
    },
  });
}

function startOf(token: string, list: string, request: TwinRequest): number {
  const [of, at] = z.tuple([z.string(), z.number()]).parse(JSON.parse(Buffer.from(token, "base64url").toString()));
  if (of === list) return at;
  request.violate("the page_token was given for another list");
  throw new TwinRefusal(refusal(400, "Invalid Argument", "The supplied parameters are invalid."));
}

/** A refusal in Calendly's words. */
export function refusal(
  status: number,
  title: string,
  message: string,
  details: readonly { readonly parameter: string; readonly message: string }[] = [],
): TwinAnswer {
  return json(status, { title, message, ...(details.length === 0 ? {} : { details }) });
}

/** The refusal of somebody who may not: `message` says why, the title never does. */
export function denied(message = "You do not have permission"): TwinAnswer {
  return refusal(403, "Permission Denied", message);
}

/** The answer where something is not there. */
export function notFound(): TwinAnswer {
  return refusal(404, "Resource Not Found", "The server could not find the requested resource.");
}
