import { z } from "zod";
import { ConnectorError } from "../../domain/errors.ts";
import { checked } from "../checked.ts";
import { encodeId, sendingOf } from "../http.ts";
import type { Method, ProductHttp, Sending } from "../http.ts";
import { everyItem } from "../paged-list.ts";
import { wireBooking, wireGroup, wireMember, wirePage, wireSeats } from "./wire.ts";

const PRODUCT = "sandbox";
const PAGE_SIZE = 500;
const memberPage = wirePage(wireMember);
const groupPage = wirePage(wireGroup);
const bookingPage = wirePage(wireBooking);
const errorBody = z.object({ error: z.object({ code: z.string() }) });

type Page<T> = { readonly items: readonly T[]; readonly nextCursor: string | null };

/** The endpoints of the sandbox, checked. Everything throws ConnectorError. */
export interface SandboxClient {
  members(cursor: string | null, how: Sending): Promise<z.output<typeof memberPage>>;
  /** The members with this e-mail: one, or none. */
  membersByEmail(email: string, how: Sending): Promise<readonly z.output<typeof wireMember>[]>;
  /** Undefined when there is none. */
  member(id: string, how: Sending): Promise<z.output<typeof wireMember> | undefined>;
  /** The member, or undefined when the e-mail is taken. */
  createMember(body: Readonly<Record<string, string>>, how: Sending): Promise<z.output<typeof wireMember> | undefined>;
  seats(how: Sending): Promise<z.output<typeof wireSeats>>;
  groups(how: Sending): AsyncIterable<z.output<typeof wireGroup>>;
  /** The group, or undefined when the name is taken. */
  createGroup(name: string, how: Sending): Promise<z.output<typeof wireGroup> | undefined>;
  upcomingBookings(hostId: string, from: string, how: Sending): AsyncIterable<z.output<typeof wireBooking>>;
  /** Sends one write; a refusal whose code is among `tolerated` comes back as that code, anything else is thrown. */
  write(request: SandboxWrite, how: Sending): Promise<WriteAnswer>;
}

/** A write whose refusals may mean that there is nothing to do. `path` follows `/v1/`; ids in it are escaped here. */
export interface SandboxWrite {
  readonly method: Exclude<Method, "GET">;
  readonly path: readonly string[];
  readonly json?: unknown;
  readonly tolerated: readonly string[];
}

/** Status of a write, and the product's code when it was refused with a tolerated one. */
export interface WriteAnswer {
  readonly status: number;
  readonly refusal: string | null;
}

/** The code in the sandbox's error bodies. */
export function errorCode(body: unknown): string | undefined {
  return errorBody.safeParse(body).data?.error.code;
}

/** Speaks to the sandbox over `http`, whose base URL ends before `v1`. */
export function createSandboxClient(http: ProductHttp): SandboxClient {
  const get = <S extends z.ZodType>(schema: S, path: string, query: Query, how: Sending) =>
    read(http, schema, path, query, how);
  async function write({ method, path, json, tolerated }: SandboxWrite, how: Sending): Promise<WriteAnswer> {
    const target = `v1/${path.map(encodeId).join("/")}`;
    const expected = [404, 409];
    const answer = await http.write({
      method,
      path: target,
      ...(json === undefined ? {} : { json }),
      ...sendingOf(how),
      expected,
    });
    if (answer.status < 400) return { status: answer.status, refusal: null };
    const code = answer.errorCode ?? "";
    if (tolerated.includes(code)) return { status: answer.status, refusal: code };
    throw refused(answer.status, code, method, path);
  }
  async function create<S extends z.ZodType>(
    schema: S,
    path: string,
    json: Readonly<Record<string, string>>,
    taken: string,
    how: Sending,
  ): Promise<z.output<S> | undefined> {
    const answer = await http.write({ method: "POST", path: `v1/${path}`, json, ...sendingOf(how), expected: [409] });
    if (answer.status !== 409) return checked(schema, answer.body, PRODUCT);
    if (answer.errorCode === taken) return undefined;
    throw refused(409, answer.errorCode ?? "", "POST", [path]);
  }

  return {
    members: (cursor, how) => get(memberPage, "members", pageQuery(cursor), how),
    membersByEmail: async (email, how) => (await get(memberPage, "members", { email }, how)).items,
    async member(id, how) {
      const path = `v1/members/${encodeId(id)}`;
      const answer = await http.read({ method: "GET", path, ...sendingOf(how), expected: [404] });
      return answer.status === 404 ? undefined : checked(wireMember, answer.body, PRODUCT);
    },
    createMember: (body, how) => create(wireMember, "members", body, "email_taken", how),
    seats: (how) => get(wireSeats, "seats", {}, how),
    groups: (how) => every(http, groupPage, "groups", {}, how),
    createGroup: (name, how) => create(wireGroup, "groups", { name }, "name_taken", how),
    upcomingBookings: (hostId, from, how) =>
      every(http, bookingPage, "bookings", { hostId, from, status: "upcoming" }, how),
    write,
  };
}

type Query = Readonly<Record<string, string | number>>;

async function read<S extends z.ZodType>(
  http: ProductHttp,
  schema: S,
  path: string,
  query: Query,
  how: Sending,
): Promise<z.output<S>> {
  const { body } = await http.read({ method: "GET", path: `v1/${path}`, query, ...sendingOf(how) });
  return checked(schema, body, PRODUCT);
}

/** All items of a list, page by page. */
function every<T>(
  http: ProductHttp,
  schema: z.ZodType<Page<T>>,
  path: string,
  filter: Query,
  how: Sending,
): AsyncIterable<T> {
  return everyItem(PRODUCT, async (cursor) => {
    const { items, nextCursor } = await read(http, schema, path, { ...filter, ...pageQuery(cursor) }, how);
    return { items, next: nextCursor };
  });
}

function pageQuery(cursor: string | null): Query {
  return { limit: PAGE_SIZE, ...(cursor === null ? {} : { cursor }) };
}

function refused(status: number, code: string, method: string, path: readonly string[]): ConnectorError {
  const reason = code === "no_seats_left" ? "no-seat" : status === 404 ? "missing" : "conflict";
  return new ConnectorError(reason, `sandbox answered ${status} (${code}) to ${method} /v1/${path.join("/")}`);
}
