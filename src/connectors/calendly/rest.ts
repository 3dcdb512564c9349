import type { z } from "zod";
import { ConnectorError } from "../../domain/errors.ts";
import { checked } from "../checked.ts";
import { encodeId, sendingOf } from "../http.ts";
import type { ProductAnswer, ProductHttp, Sending } from "../http.ts";
import type { TokenPage } from "../paged-list.ts";
import type { BudgetHeaders } from "../rate-headers.ts";
import type { Refusal } from "./refusals.ts";
import { collection, refusalBody } from "./wire.ts";

/** The largest page that Calendly gives. */
const PAGE_SIZE = 100;

/** Whose answers these are, for messages. */
export const PRODUCT = "Calendly";

/** What came of a request that Calendly may refuse for reasons of its own. */
export type Outcome<T> =
  { readonly done: true; readonly value: T } | { readonly done: false; readonly refusal: Refusal };

/** Query parameters; those that are undefined are not sent. */
export type Query = Readonly<Record<string, string | undefined>>;

/** Calendly's manners over HTTP: envelopes, pages, refusals, URIs for ids. Everything throws ConnectorError. */
export interface Rest {
  /** The URI of what these segments name; ids in it are escaped here. */
  uri(...path: readonly string[]): string;
  /** What Calendly last said of its rate limit. */
  budget(): BudgetHeaders | null;
  /** Undefined when Calendly says that there is no such thing. */
  readOne(path: readonly string[], how: Sending): Promise<ProductAnswer | undefined>;
  /** One page of a list, from the beginning when `token` is null. */
  page<S extends z.ZodType>(
    item: S,
    path: readonly string[],
    query: Query,
    token: string | null,
    how: Sending,
  ): Promise<TokenPage<z.output<S>>>;
  /** The same for a list that is refused where it is about somebody else's people. */
  pageOrRefusal<S extends z.ZodType>(
    item: S,
    path: readonly string[],
    query: Query,
    token: string | null,
    how: Sending,
  ): Promise<Outcome<TokenPage<z.output<S>>>>;
  write(
    method: "POST" | "DELETE",
    path: readonly string[],
    json: Readonly<Record<string, string>> | undefined,
    how: Sending,
  ): Promise<Outcome<ProductAnswer>>;
}

/** Statuses whose meaning stands in the body, or that may be about one person. */
const REFUSED = [400, 403, 404];

/** Speaks to Calendly over `http`, whose base URL is `baseUrl`, without a slash at its end. */
export function createRest(http: ProductHttp, baseUrl: string): Rest {
  const joined = (path: readonly string[]): string => path.map(encodeId).join("/");
  const get = (path: readonly string[], query: Query, token: string | null, how: Sending) =>
    ({ method: "GET", path: joined(path), query: pageQuery(query, token), ...sendingOf(how) }) as const;
  return {
    budget: () => http.budget(),
    uri: (...path) => `${baseUrl}/${joined(path)}`,
    async readOne(path, how) {
      const answer = await http.read({ method: "GET", path: joined(path), ...sendingOf(how), expected: [404] });
      const outcome = outcomeOf(answer, `GET /${joined(path)}`);
      return outcome.done ? outcome.value : undefined;
    },
    async page(item, path, query, token, how) {
      const answer = await http.read({ ...get(path, query, token, how), expected: [404] });
      // A list is always there, if empty: this is not Calendly, or not its REST API.
      if (answer.status === 404) throw notCalendly(`GET /${joined(path)}`);
      return checked(collection(item), answer.body, PRODUCT);
    },
    async pageOrRefusal(item, path, query, token, how) {
      const answer = await http.read({ ...get(path, query, token, how), expected: [403, 404] });
      if (answer.status === 404) throw notCalendly(`GET /${joined(path)}`);
      const outcome = outcomeOf(answer, `GET /${joined(path)}`);
      return outcome.done ? { done: true, value: checked(collection(item), outcome.value.body, PRODUCT) } : outcome;
    },
    async write(method, path, json, how) {
      const body = json === undefined ? {} : { json };
      const answer = await http.write({ method, path: joined(path), ...body, ...sendingOf(how), expected: REFUSED });
      return outcomeOf(answer, `${method} /${joined(path)}`);
    },
  };
}

/** A refusal in Calendly's own words. Another one is of somebody in between, who knows nothing of Calendly's people. */
function outcomeOf(answer: ProductAnswer, what: string): Outcome<ProductAnswer> {
  if (answer.status < 400) return { done: true, value: answer };
  const words = refusalBody.safeParse(answer.body).data;
  if (words === undefined) {
    const message = `Calendly answered ${answer.status} to ${what}, with something that is not a refusal of its own`;
    throw new ConnectorError(answer.status === 403 ? "auth" : "unavailable", message);
  }
  return { done: false, refusal: { status: answer.status, ...words } };
}

function notCalendly(what: string): ConnectorError {
  return new ConnectorError(
    "unavailable",
    `Calendly answered 404 to ${what}, which is always there; check product.baseUrl`,
  );
}

/** Query parameters of a list: those that are set, and which page. */
function pageQuery(query: Query, token: string | null): Readonly<Record<string, string | number>> {
  const set = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(set), count: PAGE_SIZE, ...(token === null ? {} : { page_token: token }) };
}
