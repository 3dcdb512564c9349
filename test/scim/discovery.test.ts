import test from "ava";
import { ResourceNotFoundError } from "../../src/domain/errors.ts";
import { isJsonArray, isJsonObject } from "../../src/domain/json.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { resourceType, resourceTypes, schema, schemas, serviceProviderConfig } from "../../src/scim/discovery.ts";
import { GROUP_TYPE, USER_TYPE } from "../../src/scim/resource-types.ts";
import { CALENDLY_URN, ENTERPRISE_URN, USER_URN } from "../support/scim-users.ts";

const GROUP_URN = "urn:ietf:params:scim:schemas:core:2.0:Group";
const BASE_URL = "https://bridge.example/scim/v2";

function holdsNull(value: JsonValue | undefined): boolean {
  if (isJsonArray(value)) return value.some(holdsNull);
  return isJsonObject(value) ? Object.values(value).some(holdsNull) : value === null || value === undefined;
}

function named(attributes: JsonValue | undefined, name: string): JsonObject {
  const found = isJsonArray(attributes) ? attributes.find((each) => isJsonObject(each) && each["name"] === name) : null;
  return isJsonObject(found) ? found : {};
}

test("row 42: the service provider configuration says what is served today", (t) => {
  t.like(serviceProviderConfig(BASE_URL), {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
    patch: { supported: true },
    bulk: { supported: true, maxOperations: 1000, maxPayloadSize: 1_048_576 },
    filter: { supported: true, maxResults: 200 },
    sort: { supported: true },
    etag: { supported: true },
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: "index",
      defaultPageSize: 200,
      maxPageSize: 200,
      cursorTimeout: 3600,
    },
    changePassword: { supported: false },
    meta: { resourceType: "ServiceProviderConfig", location: `${BASE_URL}/ServiceProviderConfig` },
  });
});

test("row 42: users and groups are served, users with the extensions that are known", (t) => {
  t.deepEqual(
    resourceTypes(BASE_URL).map(({ id }) => id),
    ["User", "Group"],
  );
  t.like(resourceType(BASE_URL, "User"), {
    id: "User",
    endpoint: "/Users",
    schema: USER_URN,
    schemaExtensions: [
      { schema: ENTERPRISE_URN, required: false },
      { schema: CALENDLY_URN, required: false },
    ],
    meta: { resourceType: "ResourceType", location: `${BASE_URL}/ResourceTypes/User` },
  });
  t.like(resourceType(BASE_URL, "group"), {
    id: "Group",
    endpoint: "/Groups",
    schema: GROUP_URN,
    schemaExtensions: [],
  });
  t.throws(() => resourceType(BASE_URL, "Device"), { instanceOf: ResourceNotFoundError });
});

test("row 42: schemas say what the parser goes by", (t) => {
  t.deepEqual(
    schemas(BASE_URL).map(({ id }) => id),
    [USER_URN, ENTERPRISE_URN, CALENDLY_URN, GROUP_URN],
  );
  const user = schema(BASE_URL, USER_URN.toLowerCase());
  t.like(user["meta"], { resourceType: "Schema", location: `${BASE_URL}/Schemas/${USER_URN}` });
  const userName = { type: "string", required: true, caseExact: false, uniqueness: "server", multiValued: false };
  t.like(named(user["attributes"], "userName"), userName);
  t.like(named(user["attributes"], "password"), { mutability: "writeOnly", returned: "never" });
  t.like(named(user["attributes"], "groups"), { mutability: "readOnly" });
  t.deepEqual(named(named(user["attributes"], "emails")["subAttributes"], "type")["canonicalValues"], [
    "work",
    "home",
    "other",
  ]);
  const group = schema(BASE_URL, GROUP_URN);
  t.like(named(group["attributes"], "displayName"), { required: true, uniqueness: "server", caseExact: false });
  const members = named(group["attributes"], "members")["subAttributes"];
  t.like(named(members, "value"), { required: true, mutability: "immutable", caseExact: true });
  t.like(named(members, "$ref"), { mutability: "readOnly", type: "reference", referenceTypes: ["User", "Group"] });
  t.like(named(members, "display"), { mutability: "readWrite" });
  t.throws(() => schema(BASE_URL, "urn:x"), { instanceOf: ResourceNotFoundError });
});

test("Entra: no schema holds a null", (t) => {
  t.false(schemas(BASE_URL, [USER_TYPE, GROUP_TYPE]).some(holdsNull));
  t.false(resourceTypes(BASE_URL, [USER_TYPE, GROUP_TYPE]).some(holdsNull));
});
