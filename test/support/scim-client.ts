import type { JsonObject } from "../../src/domain/json.ts";

const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** A body as it came; fields that most tests look at are named. */
export interface ScimBody {
  readonly [field: string]: unknown;
  readonly id: string;
  readonly status: string;
  readonly scimType?: string;
  readonly detail: string;
  readonly totalResults: number;
  readonly Resources: readonly ScimBody[];
}

/** An answer over HTTP, its body unchecked; `text` is the body as it came. */
export interface ScimAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: ScimBody;
}

/** How somebody differs from an active person of Sales. */
export interface PushedPerson {
  readonly department?: string;
  readonly displayName?: string;
  readonly title?: string;
  readonly active?: boolean;
}

/** An IdP of a test. */
export interface ScimClient {
  /** Sends a request; `path` begins after `/scim/v2`. A body that is text is sent as it stands. */
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<ScimAnswer>;
  /** Creates `<name>@acme.example` and gives the id; throws unless that is answered with 201. */
  create(name: string, person?: PushedPerson): Promise<string>;
  /** One replace operation without a path; throws unless that is answered with 200. */
  patch(id: string, value: JsonObject): Promise<void>;
}

/** An IdP that pushes to the bridge at this address with this token. */
export function createScimClient(bridgeUrl: string, token: string): ScimClient {
  const send: ScimClient["send"] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${bridgeUrl}/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json", ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) as ScimBody };
  };
  const demand = async (status: number, ...request: Parameters<typeof send>): Promise<ScimBody> => {
    const answer = await send(...request);
    if (answer.status === status) return answer.body;
    throw new Error(`${request[0]} ${request[1]} was answered with ${answer.status}: ${answer.text}`);
  };
  return {
    send,
    create: async (name, person) => (await demand(201, "POST", "/Users", aScimUser(name, person))).id,
    async patch(id, value) {
      const Operations = [{ op: "replace", value }];
      await demand(200, "PATCH", `/Users/${id}`, { schemas: [PATCH_OP], Operations });
    },
  };
}

/** What an IdP sends for `<name>@acme.example`. */
export function aScimUser(name: string, { department = "Sales", ...rest }: PushedPerson = {}): JsonObject {
  const email = `${name}@acme.example`;
  return {
    schemas: [CORE, ENTERPRISE],
    userName: email,
    externalId: `ext-${name}`,
    displayName: `${name} Test`,
    name: { givenName: name, familyName: "Test" },
    emails: [{ value: email, type: "work", primary: true }],
    active: true,
    [ENTERPRISE]: { department },
    ...rest,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
