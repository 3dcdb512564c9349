import { attribute, attributeMap } from "./schema.ts";
import type { SchemaDefinition } from "./schema.ts";

/** `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User` (RFC 7643 section 4.3). */
export const ENTERPRISE_USER_SCHEMA: SchemaDefinition = {
  urn: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
  name: "EnterpriseUser",
  description: "What an organisation knows of a user",
  aliases: [
    // Entra's documentation and some of its tenants leave out the last colon.
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0User",
    // OneLogin's default templates, from the drafts before RFC 7643.
    "urn:scim:schemas:extension:enterprise:2.0",
    "urn:scim:schemas:extension:enterprise:2.0:User",
    "urn:scim:schemas:extension:enterprise:1.0",
  ],
  // Entra sends the path `manager` and filters by `manager eq` without the URN.
  unqualified: true,
  attributes: attributeMap([
    attribute("employeeNumber", "Number of the employee."),
    attribute("costCenter", "Cost centre."),
    attribute("organization", "Organisation."),
    attribute("division", "Division."),
    attribute("department", "Department."),
    attribute("manager", "The user's manager.", {
      subAttributes: [
        attribute("value", "Identifier of the manager.", { caseExact: true }),
        attribute("$ref", "URI of the manager.", { type: "reference", caseExact: true, referenceTypes: ["User"] }),
        // RFC 7643 makes it read-only, for servers that look it up. We do not, so what the IdP says is kept.
        attribute("displayName", "Name of the manager, as it was sent."),
      ],
    }),
  ]),
};

/** The namespace of Calendly's group attribute. The second URN in use is read as the first. */
export const CALENDLY_USER_SCHEMA: SchemaDefinition = {
  urn: "urn:ietf:params:scim:schemas:extension:Calendly:2.0:User",
  name: "CalendlyUser",
  description: "What Calendly's connections add to a user",
  aliases: ["urn:calendly:scim:schemas:2.0:User"],
  unqualified: false,
  attributes: attributeMap([attribute("group", "Name of the group that the user should be in.")]),
};
