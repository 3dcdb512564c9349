/** What the vendors' help pages say of their SCIM servers, and where they differ from the standard. */

/** How one vendor's SCIM server behaves. */
export interface ScimVendorRules {
  readonly name: string;
  /** What its base URL ends with. */
  readonly basePath: string;
  /** Attributes of a user that it stores, as top-level names; what else comes is an error or forgotten. */
  readonly stores: readonly string[];
  readonly others: "refused" | "ignored";
  /** What `/ServiceProviderConfig` and `/Schemas` show; null where it has neither. */
  readonly discovery: DiscoveryRules | null;
  readonly patch: boolean;
  readonly put: boolean;
  readonly delete: boolean;
  /** Attributes that a filter with `eq` may name; another filter gives an empty list, or an error. */
  readonly filters: readonly string[];
  readonly otherFilters: "empty" | "error" | "everybody";
  readonly paging: {
    readonly firstIndex: 0 | 1;
    /** The most on a page, whatever was asked for. */
    readonly cap: number;
    readonly cursor: boolean;
  };
  readonly groups: "none" | "resource" | "attribute";
  /** Whether users show `groups`, where there are resources. */
  readonly usersShowGroups: boolean;
  /** Schemas under which the group stands, where it is an attribute of the user. */
  readonly groupSchemas: readonly string[];
  /** E-mail domains of people who may be made; null: all. */
  readonly domains: readonly string[] | null;
  /** The refusal where everybody who is active takes a seat and none is free; null where nobody counts. */
  readonly noSeat: { readonly status: number; readonly detail: string } | null;
  readonly cancelsBookings: boolean;
  readonly invites: boolean;
  readonly versions: boolean;
  readonly newId: (count: number) => string;
}

/** What a server says of itself. */
export interface DiscoveryRules {
  readonly patch: boolean;
  readonly filter: boolean;
  readonly maxResults: number;
  readonly schemas: readonly { readonly id: string; readonly attributes: readonly string[] }[] | null;
}

const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
/** The URN of Calendly's guide for Entra. */
export const CALENDLY_ENTRA_URN = "urn:ietf:params:scim:schemas:extension:Calendly:2.0:User";
/** The URN of Calendly's guide for Okta. */
export const CALENDLY_OKTA_URN = "urn:calendly:scim:schemas:2.0:User";

/** RFC 7643 and RFC 7644, and nothing else. */
export const STANDARD: ScimVendorRules = {
  name: "standard",
  basePath: "/scim/v2",
  stores: ["userName", "externalId", "displayName", "name", "emails", "timezone", "locale", "active"],
  others: "ignored",
  discovery: { patch: true, filter: true, maxResults: 200, schemas: null },
  patch: true,
  put: true,
  delete: true,
  filters: ["userName", "externalId", "displayName"],
  otherFilters: "error",
  paging: { firstIndex: 1, cap: 200, cursor: false },
  groups: "resource",
  usersShowGroups: true,
  groupSchemas: [],
  domains: null,
  noSeat: null,
  cancelsBookings: false,
  invites: false,
  versions: true,
  newId: (count) => `2819c223-7f76-453a-919d-${String(count).padStart(12, "0")}`,
};

const LINKTIME_STORES = ["userName", "externalId", "displayName", "name", "emails", "active"];

/** linktime.io/docs (SCIM): users only, PUT nulls what is missing, and whoever is shut loses the upcoming bookings. */
export const LINKTIME: ScimVendorRules = {
  ...STANDARD,
  name: "LinkTime",
  basePath: "/api/scim/v2",
  stores: LINKTIME_STORES,
  discovery: { patch: true, filter: true, maxResults: 100, schemas: [{ id: CORE, attributes: LINKTIME_STORES }] },
  filters: ["userName", "externalId", "emails.value", "displayName"],
  // "Unsupported filter expressions return an empty result list (not an error)".
  otherFilters: "empty",
  paging: { firstIndex: 1, cap: 100, cursor: false },
  groups: "none",
  cancelsBookings: true,
  versions: false,
  newId: (count) => `clt${String(count).padStart(22, "0")}`,
};

/** help.calendarbridge.com: users on verified domains only; more attributes than it reads are "accepted and ignored". */
export const CALENDARBRIDGE: ScimVendorRules = {
  ...STANDARD,
  name: "CalendarBridge",
  basePath: "/scim/v2/tenant-1",
  stores: ["userName", "name", "emails", "active"],
  discovery: null,
  delete: false,
  filters: ["userName"],
  paging: { firstIndex: 1, cap: 50, cursor: false },
  groups: "none",
  domains: ["acme.example"],
  noSeat: { status: 402, detail: "There is no licence left in this organization." },
  versions: false,
  newId: (count) => String(100_000 + count),
};

/** help.freebusy.io: what Okta sends an app of its wizard, so PUT alone; who is active has a licence. */
export const FREEBUSY: ScimVendorRules = {
  ...STANDARD,
  name: "FreeBusy",
  basePath: "/scim",
  stores: ["userName", "name", "emails", "active"],
  others: "refused",
  discovery: null,
  patch: false,
  delete: false,
  filters: ["userName"],
  groups: "none",
  noSeat: { status: 403, detail: "Your team has no licenses left. Add licenses to your subscription." },
  versions: false,
  // Ids are any text (RFC 7643 section 3.1): this one has to be escaped in a path.
  newId: (count) => `user|${count} @`,
};

/** help.calendly.com: four attributes and the group, invitations, seats; "Extra attributes will cause errors". */
export const CALENDLY: ScimVendorRules = {
  ...STANDARD,
  name: "Calendly",
  basePath: "/scim/organizations/O",
  stores: ["userName", "externalId", "displayName", "active"],
  others: "refused",
  discovery: null,
  filters: ["userName"],
  paging: { firstIndex: 1, cap: 100, cursor: false },
  groups: "attribute",
  groupSchemas: [CALENDLY_ENTRA_URN, CALENDLY_OKTA_URN],
  noSeat: { status: 403, detail: "Your organization is over capacity: purchase more seats to add users." },
  invites: true,
  versions: false,
  newId: (count) => `AAAAAAAA${String(count).padStart(8, "0")}`,
};
