import { z } from "zod";

/** `product` in the configuration, for an organisation in Cal.com. `token` is the secret itself, resolved by the loader. */
export const calcomOptionsSchema = z.strictObject({
  connector: z.literal("calcom"),
  /** The organisation's number, as in the addresses of its settings and of the API. */
  organization: z.string().regex(/^[1-9]\d{0,14}$/, "must be the organisation's number, as a text of digits"),
  /** API key of an administrator of the organisation. */
  token: z.string().min(1),
  /** Base URL of API v2, of the hosted product unless told. */
  baseUrl: z.url({ protocol: /^https?$/ }).default("https://api.cal.com/v2"),
  /** Name of the one pool of seats: Cal.com bills members, of one kind. */
  seat: z.string().min(1).max(64).default("standard"),
});

/** Options of the Cal.com connector, checked. */
export type CalcomOptions = z.output<typeof calcomOptionsSchema>;
