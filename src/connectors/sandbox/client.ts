import { z } from "zod";
import { ConnectorError } from "../../domain/errors.ts";
import { encodeId } from "../http.ts";
import type { Method, ProductAnswer, ProductHttp, Sending } from "../http.ts";
import { wireBooking, wireGroup, wireMember, wirePage, wireSeats } from "./wire.ts";

const PAGE_SIZE = 500;
const memberPage = wirePage(wireMember);
const groupPage = wirePage(wireGroup);
const bookingPage = wirePage(wireBooking);
const errorBody = z.object({ error: z.object({ code: z.string() }) });

type Page<T> = { readonly items: readonly T[]; readonly nextCursor: string | null; readonly total: number };

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
  async function get<S extends z.ZodType>(
    schema: S,
    path: string,
    query: Readonly<Record<string, string | number>>,
    how: Sending,
  ): Promise<z.output<S>> {
    return checked(schema, await http.read({ method: "GET", path: `v1/${path}`, query, ...sending(how) }));
  }
  async function write({ method, path, json, tolerated }: SandboxWrite, how: Sending): Promise<WriteAnswer> {
    const target = `v1/${path.map(encodeId).join("/")}`;
    const expected = [404, 409];
    const answer = await http.write({
      method,
      path: target,
      ...(json === undefined ? {} : { json }),
      ...sending(how),
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
    const answer = await http.write({ method: "POST", path: `v1/${path}`, json, ...sending(how), expected: [409] });
    if (answer.status !== 409) return checked(schema, answer);
    if (answer.errorCode === taken) return undefined;
    throw refused(409, answer.errorCode ?? "", "POST", [path]);
  }

  return {
    members: (cursor, how) =>
      get(memberPage, "members", { limit: PAGE_SIZE, ...(cursor === null ? {} : { cursor }) }, how),
    membersByEmail: async (email, how) => (await get(memberPage, "members", { email }, how)).items,
    async member(id, how) {
      const path = `v1/members/${encodeId(id)}`;
      const answer = await http.read({ method: "GET", path, ...sending(how), expected: [404] });
      return answer.status === 404 ? undefined : checked(wireMember, answer);
    },
    createMember: (body, how) => create(wireMember, "members", body, "email_taken", how),
    seats: (how) => get(wireSeats, "seats", {}, how),
    groups: (how) => all((query) => get(groupPage, "groups", { limit: PAGE_SIZE, ...query }, how)),
    createGroup: (name, how) => create(wireGroup, "groups", { name }, "name_taken", how),
    upcomingBookings: (hostId, from, how) => {
      const filter = { hostId, from, status: "upcoming", limit: PAGE_SIZE };
      return all((query) => get(bookingPage, "bookings", { ...filter, ...query }, how));
    },
    write,
  };
}

/** Nothing but how it is sent: what is handed over may hold more. */
function sending({ signal, urgent, patience }: Sending): Sending {
  return { signal, urgent, patience };
}

/** All items of a list, page by page. */
async function* all<T>(fetchPage: (query: Readonly<Record<string, string>>) => Promise<Page<T>>): AsyncGenerator<T> {
  let cursor: string | null = null;
  const given = new Set<string>();
  do {
    const page: Page<T> = await fetchPage(cursor === null ? {} : { cursor });
    yield* page.items;
    cursor = page.nextCursor;
    if (cursor !== null && given.has(cursor)) throw new ConnectorError("unavailable", "sandbox gave a page twice");
    if (cursor !== null) given.add(cursor);
  } while (cursor !== null);
}

function checked<S extends z.ZodType>(schema: S, { body }: ProductAnswer): z.output<S> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  // Only places are named: the values are other people's.
  const where = result.error.issues.slice(0, 3).map((issue) => `${issue.path.join(".")} ${issue.code}`);
  throw new ConnectorError("unavailable", `sandbox answered in a shape that we do not know: ${where.join(", ")}`);
}

function refused(status: number, code: string, method: string, path: readonly string[]): ConnectorError {
  const reason = code === "no_seats_left" ? "no-seat" : status === 404 ? "missing" : "conflict";
  return new ConnectorError(reason, `sandbox answered ${status} (${code}) to ${method} /v1/${path.join("/")}`);
}
