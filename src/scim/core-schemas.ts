import { attribute, attributeMap } from "./schema.ts";
import type { AttributeDefinition, AttributeMap, SchemaDefinition } from "./schema.ts";

/** What every resource has, whatever its schema (RFC 7643 section 3.1). Not part of any published schema. */
export const COMMON_ATTRIBUTES: AttributeMap = attributeMap([
  attribute("schemas", "URNs of the namespaces that are present.", {
    type: "reference",
    referenceTypes: ["uri"],
    multiValued: true,
    mutability: "readOnly",
    returned: "always",
  }),
  attribute("id", "Identifier made by this server; never used again.", {
    caseExact: true,
    mutability: "readOnly",
    returned: "always",
    uniqueness: "server",
  }),
  attribute("externalId", "Identifier made by the client.", { caseExact: true }),
  attribute("meta", "Metadata of the resource.", {
    mutability: "readOnly",
    subAttributes: [
      attribute("resourceType", "Name of the resource type.", { caseExact: true, mutability: "readOnly" }),
      attribute("created", "When the resource was made.", { type: "dateTime", mutability: "readOnly" }),
      attribute("lastModified", "When the resource last changed.", { type: "dateTime", mutability: "readOnly" }),
      attribute("location", "URI of the resource.", {
        type: "reference",
        referenceTypes: ["uri"],
        caseExact: true,
        mutability: "readOnly",
      }),
      attribute("version", "Version of the resource; equals its ETag.", { caseExact: true, mutability: "readOnly" }),
    ],
  }),
]);

const primary = attribute("primary", "Whether this is the preferred value; true at most once.", { type: "boolean" });
const display = attribute("display", "Name for people to read.");

function type(...canonicalValues: readonly string[]): AttributeDefinition {
  return attribute("type", "Label of the value's function.", { canonicalValues });
}

function plural(name: string, description: string, subAttributes: readonly AttributeDefinition[]): AttributeDefinition {
  return attribute(name, description, { multiValued: true, subAttributes });
}

/** A multi-valued attribute with the sub-attributes of RFC 7643 section 2.4. */
function values(name: string, description: string, value: AttributeDefinition, ...types: readonly string[]) {
  return plural(name, description, [value, display, type(...types), primary]);
}

const uri = { type: "reference", caseExact: true, referenceTypes: ["external"] } as const;

/** `urn:ietf:params:scim:schemas:core:2.0:User` (RFC 7643 section 4.1). */
export const USER_SCHEMA: SchemaDefinition = {
  urn: "urn:ietf:params:scim:schemas:core:2.0:User",
  name: "User",
  description: "User account",
  // OneLogin's default templates name the namespaces of the drafts before RFC 7643.
  aliases: ["urn:scim:schemas:core:2.0", "urn:scim:schemas:core:2.0:User", "urn:scim:schemas:core:1.0"],
  unqualified: true,
  attributes: attributeMap([
    attribute("userName", "Unique name of the user, typically an e-mail address.", {
      required: true,
      uniqueness: "server",
    }),
    attribute("name", "Parts of the user's name.", {
      subAttributes: [
        attribute("formatted", "Full name, ready to show."),
        attribute("familyName", "Family name."),
        attribute("givenName", "Given name."),
        attribute("middleName", "Middle names."),
        attribute("honorificPrefix", "Title before the name."),
        attribute("honorificSuffix", "Suffix after the name."),
      ],
    }),
    attribute("displayName", "Name to show."),
    attribute("nickName", "Casual name."),
    attribute("profileUrl", "URI of an online profile.", uri),
    attribute("title", "Job title."),
    attribute("userType", "Relationship to the organisation, such as Employee or Contractor."),
    attribute("preferredLanguage", "Preferred languages, as in Accept-Language."),
    attribute("locale", "Locale for currencies, dates and numbers, such as en-US."),
    attribute("timezone", "Time zone in the IANA database, such as Europe/Berlin."),
    attribute("active", "Whether the user may use the service.", { type: "boolean" }),
    attribute("password", "Accepted and dropped; this server keeps no passwords.", {
      caseExact: true,
      mutability: "writeOnly",
      returned: "never",
    }),
    values("emails", "E-mail addresses.", attribute("value", "E-mail address."), "work", "home", "other"),
    values(
      "phoneNumbers",
      "Telephone numbers.",
      attribute("value", "Telephone number, as it was sent."),
      ...["work", "home", "mobile", "fax", "pager", "other"],
    ),
    values(
      "ims",
      "Instant messaging addresses.",
      attribute("value", "Instant messaging address."),
      ...["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"],
    ),
    values("photos", "Pictures.", attribute("value", "URI of a picture.", uri), "photo", "thumbnail"),
    plural("addresses", "Postal addresses.", [
      attribute("formatted", "Full address, ready to show."),
      attribute("streetAddress", "Street, house number and the like."),
      attribute("locality", "City."),
      attribute("region", "State or region."),
      attribute("postalCode", "Postal code."),
      attribute("country", "Country, as in ISO 3166-1 alpha-2."),
      type("work", "home", "other"),
      primary,
    ]),
    attribute("groups", "Groups that the user belongs to; changed through the groups.", {
      multiValued: true,
      mutability: "readOnly",
      subAttributes: [
        attribute("value", "Identifier of the group.", { caseExact: true, mutability: "readOnly" }),
        attribute("$ref", "URI of the group.", {
          type: "reference",
          caseExact: true,
          referenceTypes: ["Group"],
          mutability: "readOnly",
        }),
        attribute("display", "Name of the group.", { mutability: "readOnly" }),
        attribute("type", "How the user belongs to the group.", {
          canonicalValues: ["direct", "indirect"],
          mutability: "readOnly",
        }),
      ],
    }),
    values("entitlements", "Entitlements.", attribute("value", "Entitlement.")),
    values("roles", "Roles.", attribute("value", "Role, as it was sent.")),
    values(
      "x509Certificates",
      "Certificates.",
      attribute("value", "DER certificate in base64.", { type: "binary", caseExact: true }),
    ),
  ]),
};

/** `urn:ietf:params:scim:schemas:core:2.0:Group` (RFC 7643 section 4.2). */
export const GROUP_SCHEMA: SchemaDefinition = {
  urn: "urn:ietf:params:scim:schemas:core:2.0:Group",
  name: "Group",
  description: "Group",
  aliases: ["urn:scim:schemas:core:2.0", "urn:scim:schemas:core:2.0:Group", "urn:scim:schemas:core:1.0"],
  unqualified: true,
  attributes: attributeMap([
    attribute("displayName", "Unique name of the group.", { required: true, uniqueness: "server" }),
    plural("members", "Members of the group.", [
      attribute("value", "Identifier of the member: its id, or the externalId of a user.", {
        required: true,
        caseExact: true,
        mutability: "immutable",
      }),
      // RFC 7643 makes it immutable, for clients that choose it. We compute it, so that it never points at another server.
      attribute("$ref", "URI of the member, once it is here.", {
        type: "reference",
        caseExact: true,
        referenceTypes: ["User", "Group"],
        mutability: "readOnly",
      }),
      attribute("type", "Kind of the member.", { canonicalValues: ["User", "Group"], mutability: "immutable" }),
      display,
    ]),
  ]),
};
