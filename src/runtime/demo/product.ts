import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.ts";

/** What the scheduling product shows of itself over HTTP, for people who look on. */
export interface ProductState {
  /** By e-mail. */
  readonly members: ReadonlyMap<string, ProductMember>;
  readonly seats: { readonly total: number; readonly used: number };
  readonly bookings: readonly JsonObject[];
  /** Addresses that got mail, one entry for each mail. */
  readonly mailed: readonly string[];
  /** How many writes the product has seen, from anybody. */
  readonly writes: number;
}

/** One account, with the names of its groups. */
export interface ProductMember {
  readonly id: string;
  readonly displayName: string;
  readonly status: string;
  readonly seat: string | null;
  readonly groups: readonly string[];
}

/** A caller of the sandbox's own API. */
export interface ProductView {
  read(): Promise<ProductState>;
  /** A guest books a meeting with a host. */
  book(booking: JsonObject): Promise<void>;
}

/** Looks at the sandbox at `baseUrl`. */
export function createProductView(baseUrl: string, token: string): ProductView {
  const call = async (path: string, body?: JsonObject): Promise<JsonObject> => {
    const response = await fetch(`${baseUrl}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok || !isJsonObject(answer)) throw new Error(`The sandbox answered ${path} with ${response.status}.`);
    return answer;
  };
  const list = async (path: string): Promise<readonly JsonObject[]> =>
    objectsIn((await call(`${path}?limit=500`))["items"]);
  return {
    book: async (booking) => void (await call("/v1/bookings", booking)),
    async read() {
      const [members, groups, bookings, outbox, calls, seats] = await Promise.all([
        list("/v1/members"),
        list("/v1/groups"),
        list("/v1/bookings"),
        list("/v1/outbox"),
        call("/v1/calls?limit=1"),
        call("/v1/seats"),
      ]);
      const names = new Map(groups.map((group) => [text(group["id"]), text(group["name"])]));
      const [pool] = objectsIn(seats["pools"]);
      return {
        members: new Map(members.map((member) => [text(member["email"]), toMember(member, names)])),
        seats: { total: Number(pool?.["total"]), used: Number(pool?.["used"]) },
        bookings,
        mailed: outbox.map((mail) => text(mail["to"])),
        writes: Number(calls["total"]),
      };
    },
  };
}

function toMember(member: JsonObject, names: ReadonlyMap<string, string>): ProductMember {
  const ids = member["groupIds"];
  const groups = isJsonArray(ids) ? ids.map((id) => names.get(text(id)) ?? text(id)).sort() : [];
  const seat = member["seat"];
  return {
    id: text(member["id"]),
    displayName: text(member["displayName"]),
    status: text(member["status"]),
    seat: typeof seat === "string" ? seat : null,
    groups,
  };
}

function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  return isJsonArray(value) ? value.filter(isJsonObject) : [];
}

function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
