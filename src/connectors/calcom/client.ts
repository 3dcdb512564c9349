import { z } from "zod";
import { ConnectorError } from "../../domain/errors.ts";
import { checked } from "../checked.ts";
import { encodeId, faultOf, sendingOf } from "../http.ts";
import type { Method, ProductAnswer, ProductHttp, Sending } from "../http.ts";
import { createPageWatch } from "../paged-list.ts";
import type { BudgetHeaders } from "../rate-headers.ts";
import { wireBooking, wireEnvelope, wireError, wireMembership, wirePagination, wireTeam, wireUser } from "./wire.ts";
import type { WireBooking, WireMembership, WireTeam, WireUser } from "./wire.ts";

/** Items of a page; a page with fewer is the last one, for Cal.com's lists of organisations carry no total. */
export const PAGE_SIZE = 250;

/**
 * Version of the operations on bookings. Without this header an older behaviour answers, silently and in another shape.
 * Source: https://cal.com/docs/api-reference/v2/bookings.
 */
const BOOKINGS_VERSION = { "cal-api-version": "2024-08-13" };

/** The statuses that have to be asked for one by one. A booking may be listed under more than one. */
export type ListedStatus = "upcoming" | "recurring" | "unconfirmed";

/** Which users of the organisation. */
export interface UserFilter {
  readonly emails?: string;
  /** Ids of teams: in any of these. */
  readonly teamIds?: readonly string[];
}

/** One write. `path` is relative to the base URL; ids in it are escaped here. */
export interface CalcomWrite {
  readonly method: Exclude<Method, "GET">;
  readonly path: readonly string[];
  readonly json?: unknown;
  /** Refusals that come back as such; others are thrown. */
  readonly expected: readonly number[];
}

/** A refusal that the caller understands. `says` is the product's text in lower case: to be looked at, never to be shown. */
export interface Refusal {
  readonly status: number;
  readonly says: string;
  /** The same as an error: 400 is `rejected`, 403 `auth`, 404 `missing`, 409 `conflict`. */
  readonly error: ConnectorError;
}

/** What came of a request: the data within the envelope, or a refusal. */
export type Outcome<T> =
  { readonly data: T; readonly refusal?: undefined } | { readonly data?: undefined; readonly refusal: Refusal };

/** A page of somebody's bookings, and how many there are on all pages, if that is said. */
export interface BookingPage {
  readonly items: readonly WireBooking[];
  readonly total: number | null;
}

/** The endpoints of one organisation, checked. Everything throws ConnectorError. */
export interface CalcomClient {
  /** One page. */
  users(filter: UserFilter, skip: number, how: Sending): Promise<readonly WireUser[]>;
  /** One page. */
  memberships(skip: number, how: Sending): Promise<readonly WireMembership[]>;
  /** Undefined when there is none. */
  membership(id: string, how: Sending): Promise<WireMembership | undefined>;
  teams(how: Sending): AsyncIterable<WireTeam>;
  teamMemberships(team: string, how: Sending): AsyncIterable<WireMembership>;
  /** One page, or why there is none. */
  bookings(user: string, status: ListedStatus, skip: number, how: Sending): Promise<Outcome<BookingPage>>;
  /** Undefined when there is none. */
  booking(uid: string, how: Sending): Promise<WireBooking | undefined>;
  /** `path` is relative to the organisation. */
  write<S extends z.ZodType>(data: S, request: CalcomWrite, how: Sending): Promise<Outcome<z.output<S>>>;
  /** `path` is relative to `bookings`. What is answered is not looked at beyond whether it is a success. */
  writeBooking(request: CalcomWrite, how: Sending): Promise<Outcome<unknown>>;
  /** Makes the smallest request that only an administrator may make: throws what is wrong with the key, if anything. */
  probe(how: Sending): Promise<void>;
  /** What Cal.com last said of the rate limit. */
  budget(): BudgetHeaders | null;
}

/** The code in Cal.com's error bodies: the name of an exception. */
export function errorCode(body: unknown): string | undefined {
  return wireError.safeParse(body).data?.error.code;
}

/** All items of a list, page by page. Throws ConnectorError when it leads in a circle or has no end. */
export async function* everyItem<T extends { readonly id: string }>(
  fetchPage: (skip: number) => Promise<readonly T[]>,
): AsyncGenerator<T> {
  const watch = createPageWatch("Cal.com");
  for (let skip = 0; ; skip += PAGE_SIZE) {
    const page = await fetchPage(skip);
    const [first] = page;
    if (first !== undefined) watch(first.id);
    yield* page;
    if (page.length < PAGE_SIZE) return;
  }
}

/** Speaks to Cal.com's API v2 over `http`. */
export function createCalcomClient(http: ProductHttp, organization: string): CalcomClient {
  const own = (...path: readonly string[]): string => ["organizations", organization, ...path].map(encodeId).join("/");
  const aPage = (skip: number) => ({ take: PAGE_SIZE, skip });

  async function list<S extends z.ZodType>(
    item: S,
    path: string,
    query: Readonly<Record<string, string | number>>,
    how: Sending,
  ): Promise<readonly z.output<S>[]> {
    return dataOf(z.array(item), await http.read({ method: "GET", path, query, ...sendingOf(how) }));
  }
  async function one<S extends z.ZodType>(
    item: S,
    path: string,
    headers: Readonly<Record<string, string>>,
    how: Sending,
  ): Promise<z.output<S> | undefined> {
    const answer = await http.read({ method: "GET", path, headers, ...sendingOf(how), expected: [404] });
    return answer.status === 404 ? undefined : dataOf(item, answer);
  }

  return {
    users: ({ emails, teamIds }, skip, how) => {
      const filter = {
        ...(emails === undefined ? {} : { emails }),
        ...(teamIds === undefined ? {} : { teamIds: teamIds.join(",") }),
      };
      return list(wireUser, own("users"), { ...filter, ...aPage(skip) }, how);
    },
    memberships: (skip, how) => list(wireMembership, own("memberships"), aPage(skip), how),
    membership: (id, how) => one(wireMembership, own("memberships", id), {}, how),
    teams: (how) => everyItem((skip) => list(wireTeam, own("teams"), aPage(skip), how)),
    teamMemberships: (team, how) =>
      everyItem((skip) => list(wireMembership, own("teams", team, "memberships"), aPage(skip), how)),
    async bookings(user, status, skip, how) {
      const path = own("users", user, "bookings");
      const query = { status, sortStart: "asc", ...aPage(skip) };
      const expected = [403, 404];
      const headers = BOOKINGS_VERSION;
      const answer = await http.read({ method: "GET", path, query, headers, ...sendingOf(how), expected });
      if (answer.status >= 400) return { refusal: toRefusal(answer, "GET", path) };
      const total = z.object({ pagination: wirePagination }).safeParse(answer.body).data?.pagination.totalItems ?? null;
      return { data: { items: dataOf(z.array(wireBooking), answer), total } };
    },
    booking: (uid, how) => one(wireBooking, `bookings/${encodeId(uid)}`, BOOKINGS_VERSION, how),
    write: async (data, request, how) => send(http, own(...request.path), data, request, {}, how),
    writeBooking: async (request, how) => {
      const path = ["bookings", ...request.path.map(encodeId)].join("/");
      return send(http, path, z.unknown(), request, BOOKINGS_VERSION, how);
    },
    async probe(how) {
      await list(wireMembership, own("memberships"), { take: 1, skip: 0 }, how);
    },
    budget: () => http.budget(),
  };
}

async function send<S extends z.ZodType>(
  http: ProductHttp,
  path: string,
  data: S,
  { method, json, expected }: CalcomWrite,
  headers: Readonly<Record<string, string>>,
  how: Sending,
): Promise<Outcome<z.output<S>>> {
  const body = json === undefined ? {} : { json };
  const answer = await http.write({ method, path, ...body, headers, ...sendingOf(how), expected });
  return answer.status >= 400 ? { refusal: toRefusal(answer, method, path) } : { data: dataOf(data, answer) };
}

/** What is in the envelope of a success. An error within a 200 is a failure like any other. */
function dataOf<S extends z.ZodType>(schema: S, { body, status }: ProductAnswer): z.output<S> {
  const envelope = checked(wireEnvelope, body, "Cal.com");
  if (envelope.status === "error") {
    throw new ConnectorError("unavailable", `Cal.com answered ${status} with an error inside`);
  }
  return checked(schema, envelope.data, "Cal.com");
}

function toRefusal({ status, body, errorCode: code }: ProductAnswer, method: Method, path: string): Refusal {
  const said = wireError.safeParse(body).data?.error.message;
  const what = `Cal.com answered ${status}${code === undefined ? "" : ` (${code})`} to ${method} /${path}`;
  return { status, says: JSON.stringify(said ?? "").toLowerCase(), error: new ConnectorError(faultOf(status), what) };
}
