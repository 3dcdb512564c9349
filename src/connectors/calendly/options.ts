import { z } from "zod";

const httpUrl = z.url({ protocol: /^https?$/ });

/**
 * `product` in the configuration, for Calendly. Profile `invite`: people by invitations and memberships (REST). Profile
 * `scim`: people by SCIM, which Calendly offers with its Enterprise plan. Bookings are REST in both. Calendly refuses
 * invitations while SCIM is on, so that there is no third way.
 */
export const calendlyOptionsSchema = z
  .strictObject({
    connector: z.literal("calendly"),
    profile: z.enum(["invite", "scim"]).describe("How people come in: by invitations, or by SCIM."),
    token: z.string().min(1).describe("Personal access token of an owner or admin of the organisation."),
    baseUrl: httpUrl.default("https://api.calendly.com").describe("Where Calendly's REST API is."),
    organization: z
      .string()
      .regex(/^(?:https?:\/\/\S+\/organizations\/)?[\w-]{1,128}$/, "must be an organisation's URI or its last segment")
      .exactOptional()
      .describe("The organisation, as its URI or the last segment of it; the token's own unless told."),
    seat: z
      .string()
      .min(1)
      .max(128)
      .default("standard")
      .describe("Name of the one pool that all seats are counted in."),
    collective: z
      .enum(["cancel", "keep"])
      .default("keep")
      .describe(
        "What becomes of a leaver's meetings that have other hosts, too: cancelling ends them for those as well.",
      ),
    scim: z
      .strictObject({
        baseUrl: httpUrl.describe("Base URL of user provisioning, from Calendly's admin center."),
        token: z.string().min(1).describe("Bearer token of user provisioning."),
        groups: z
          .array(z.string().trim().min(1).max(200))
          .max(10_000)
          .exactOptional()
          .describe("Values that Calendly maps to groups (Login, Map to groups): people are placed by one of them."),
      })
      .exactOptional()
      .describe("User provisioning; needed by profile scim, and by no other."),
  })
  .superRefine(({ profile, scim }, context) => {
    if ((profile === "scim") === (scim !== undefined)) return;
    const message =
      profile === "scim"
        ? "is needed by profile scim: base URL and token of user provisioning, from Calendly's admin center (Login)"
        : "belongs to profile scim: remove it, or set profile to scim";
    context.addIssue({ code: "custom", path: ["scim"], message });
  });

/** Options of the Calendly connector, checked. */
export type CalendlyOptions = z.output<typeof calendlyOptionsSchema>;
