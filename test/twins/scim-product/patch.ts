import type { Attributes } from "./state.ts";

/** One operation of a PATCH, checked. */
export interface Operation {
  readonly op: "add" | "replace" | "remove";
  readonly path: string;
  readonly value?: unknown;
}

const WORK_EMAIL = 'emails[type eq "work"].value';

/**
 * A user after one operation; a text says why it is refused, as the `scimType` of the answer. What a path names must be
 * there already only where it selects by a filter (RFC 7644 section 3.5.2.3).
 */
export function patchUser(
  user: Attributes,
  { op, path, value }: Operation,
  schemas: readonly string[],
): Attributes | string {
  if (op !== "remove" && value === undefined) return "invalidValue";
  if (path === WORK_EMAIL) return patchWorkEmail(user, op, value);
  if (path === "emails" && op === "add") return { ...user, emails: [...emailsOf(user), ...(value as unknown[])] };
  const urn = schemas.find((one) => path.startsWith(`${one}:`));
  const [first = "", second] = urn === undefined ? path.split(".") : [urn, path.slice(urn.length + 1)];
  if (!/^[\w$:.-]+$/.test(first)) return "invalidPath";
  if (second === undefined) return set(user, first, op, value);
  const inner = user[first];
  return { ...user, [first]: set(typeof inner === "object" && inner !== null ? { ...inner } : {}, second, op, value) };
}

function patchWorkEmail(user: Attributes, op: Operation["op"], value: unknown): Attributes | string {
  const emails = emailsOf(user);
  if (op !== "replace" || !emails.some(({ type }) => type === "work")) return "noTarget";
  return { ...user, emails: emails.map((email) => (email["type"] === "work" ? { ...email, value } : email)) };
}

function emailsOf(user: Attributes): readonly Attributes[] {
  return Array.isArray(user["emails"]) ? (user["emails"] as Attributes[]) : [];
}

function set(object: Attributes, key: string, op: Operation["op"], value: unknown): Attributes {
  if (op !== "remove") return { ...object, [key]: value };
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}

/** The members of a group after one operation; a text says why it is refused. */
export function patchMembers(members: readonly string[], { op, path, value }: Operation): readonly string[] | string {
  if (op === "add" && path === "members" && Array.isArray(value)) {
    return [...new Set([...members, ...value.map((member: Attributes) => String(member["value"]))])];
  }
  const removed = op === "remove" ? /^members\[value eq "([^"]+)"\]$/.exec(path)?.[1] : undefined;
  return removed === undefined ? "invalidPath" : members.filter((id) => id !== removed);
}
