import { createHash } from "node:crypto";
import type { JsonObject } from "../src/domain/json.ts";

/** Somebody made up, the same one for the same index in every process. */
export interface BenchPerson {
  /** SCIM `id` as it is staged; without order, like a real one. */
  readonly id: string;
  /** Id of the account in the product. */
  readonly account: string;
  readonly userName: string;
  readonly externalId: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly department: string;
}

/** The departments, and the product group of each; the index in this list makes the group's id. */
export const DEPARTMENTS = ["Sales", "Support", "Engineering", "Recruiting", "Finance"] as const;

/** The one directory. */
export const DIRECTORY = "bench";
/** Everybody's domain. */
export const DOMAIN = "bench.example";
/** Where everybody is. */
export const TIME_ZONE = "Europe/Berlin";
/** What the product is told by everybody who asks. */
export const PRODUCT_TOKEN = "bench-product-token";

const GIVEN = ["Ana", "Bo", "Carla", "Dana", "Emil", "Fatou", "Goran", "Hana", "Igor", "June", "Kofi"] as const;
const FAMILY = [
  "Li",
  "Okafor",
  "Novak",
  "Silva",
  "Haas",
  "Moreau",
  "Sato",
  "Lind",
  "Romero",
  "Kaya",
  "Ahmed",
  "Berg",
  "Cole",
] as const;
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** The person with this index. */
export function personAt(index: number): BenchPerson {
  const hex = createHash("sha256").update(`person ${index}`).digest("hex");
  const number = String(index).padStart(7, "0");
  return {
    id: [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
      "-",
    ),
    account: `mbr_${hex.slice(32, 52)}`,
    userName: `person.${number}@${DOMAIN}`,
    externalId: `00u${number}`,
    givenName: pick(GIVEN, index),
    familyName: pick(FAMILY, Math.floor(index / GIVEN.length)),
    department: departmentOf(index),
  };
}

/** The name both sides show for them. */
export function displayNameOf({ givenName, familyName }: BenchPerson): string {
  return `${givenName} ${familyName}`;
}

/** The person as an IdP posts them. */
export function toPost(person: BenchPerson): JsonObject {
  const { userName, externalId, givenName, familyName, department } = person;
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
    userName,
    externalId,
    name: { givenName, familyName, formatted: displayNameOf(person) },
    displayName: displayNameOf(person),
    emails: [{ value: userName, type: "work", primary: true }],
    phoneNumbers: [{ value: `+49 30 ${externalId.slice(3)}`, type: "work" }],
    title: "Account Manager",
    userType: "Employee",
    preferredLanguage: "en-US",
    timezone: TIME_ZONE,
    active: true,
    [ENTERPRISE]: { employeeNumber: externalId.slice(3), department, costCenter: "CC-4711", organization: "Bench" },
  };
}

/** The person's account in the shape of the sandbox's API, in step with `toPost`. */
export function toMember(person: BenchPerson): JsonObject {
  return {
    id: person.account,
    email: person.userName,
    givenName: person.givenName,
    familyName: person.familyName,
    displayName: displayNameOf(person),
    timezone: TIME_ZONE,
    status: "active",
    role: "member",
    seat: "standard",
    groupIds: [groupIdOf(person.department)],
    externalRef: `${DIRECTORY}/${person.id}`,
    createdAt: "2026-01-01T00:00:00.000Z",
  };
}

/** The id of a department's product group. */
export function groupIdOf(department: string): string {
  return `grp_${DEPARTMENTS.findIndex((one) => one === department)}`;
}

function departmentOf(index: number): string {
  return pick(DEPARTMENTS, index);
}

function pick<T>(list: readonly [T, ...T[]], index: number): T {
  return list[index % list.length] ?? list[0];
}
