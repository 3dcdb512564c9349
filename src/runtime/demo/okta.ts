import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.ts";
import type { Employee } from "./company.ts";

const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** An IdP that speaks as Okta does: it looks before it creates, reads before it replaces, and never deletes. */
export interface Okta {
  /** What Okta asks when an admin presses "Test API credentials". */
  testConnection(): Promise<void>;
  /** Finds nobody of that name, then creates. */
  assign(employee: Employee): Promise<void>;
  /** GET, then PUT of the whole document with what has changed. */
  updateProfile(userName: string, change: ProfileChange): Promise<void>;
  /** PATCH without a path, as the catalogue's apps send it. */
  deactivate(userName: string): Promise<void>;
  /** Finds the inactive user, then PATCHes. */
  reactivate(userName: string): Promise<void>;
}

/** What an admin edits in the IdP. */
export interface ProfileChange {
  readonly familyName?: string;
  readonly department?: string;
}

/** Makes an IdP that pushes to `baseUrl` (`…/scim/v2`) with this token. Every answer but the expected one is an error. */
export function createOkta(baseUrl: string, token: string): Okta {
  const call = async (method: string, path: string, expected: number, body?: JsonObject): Promise<JsonObject> => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/scim+json",
        "user-agent": "Okta SCIM Client 1.0.0",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (response.status !== expected || !isJsonObject(answer)) {
      throw new Error(`${method} ${path} was answered with ${response.status}: ${JSON.stringify(answer)}`);
    }
    return answer;
  };
  const find = async (userName: string): Promise<JsonObject | undefined> => {
    const filter = encodeURIComponent(`userName eq "${userName}"`);
    const list = await call("GET", `/Users?filter=${filter}&startIndex=1&count=100`, 200);
    const resources = list["Resources"];
    const found = isJsonArray(resources) ? resources[0] : undefined;
    return isJsonObject(found) ? found : undefined;
  };
  const idOf = async (userName: string): Promise<string> => {
    const id = (await find(userName))?.["id"];
    if (typeof id !== "string") throw new Error(`${userName} was not found.`);
    return id;
  };
  const setActive = async (userName: string, active: boolean): Promise<void> => {
    const operations = { schemas: [PATCH], Operations: [{ op: "replace", value: { active } }] };
    await call("PATCH", `/Users/${await idOf(userName)}`, 200, operations);
  };

  return {
    async testConnection() {
      await call("GET", "/Users?count=2&startIndex=1", 200);
      await call("GET", "/Groups?count=100&startIndex=1", 200);
    },
    async assign(employee) {
      if ((await find(employee.userName)) !== undefined) throw new Error(`${employee.userName} is there already.`);
      await call("POST", "/Users", 201, toScim(employee));
    },
    async updateProfile(userName, { familyName, department }) {
      const id = await idOf(userName);
      const user = await call("GET", `/Users/${id}`, 200);
      const known: JsonObject = isJsonObject(user["name"]) ? user["name"] : {};
      const name: JsonObject = familyName === undefined ? known : { ...known, familyName };
      const displayName = `${text(name["givenName"])} ${text(name["familyName"])}`;
      const enterprise = isJsonObject(user[ENTERPRISE]) ? user[ENTERPRISE] : {};
      const moved = department === undefined ? enterprise : { ...enterprise, department };
      await call("PUT", `/Users/${id}`, 200, { ...user, name, displayName, [ENTERPRISE]: moved });
    },
    deactivate: (userName) => setActive(userName, false),
    reactivate: (userName) => setActive(userName, true),
  };
}

function toScim({ key, userName, givenName, familyName, department }: Employee): JsonObject {
  return {
    schemas: [CORE, ENTERPRISE],
    userName,
    name: { givenName, familyName },
    emails: [{ primary: true, value: userName, type: "work" }],
    displayName: `${givenName} ${familyName}`,
    locale: "en-US",
    externalId: key,
    groups: [],
    password: "not-a-real-one",
    active: true,
    [ENTERPRISE]: { department },
  };
}

function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
