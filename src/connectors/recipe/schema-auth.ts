import { z } from "zod";
import { bodyField, expressionField, pathField, settingText, spanField, textField } from "./schema-values.ts";

const DAY_MS = 86_400_000;
const headerName = () => z.string().regex(/^[A-Za-z0-9-]{1,64}$/, "must be the name of a header");
const headers = () => z.record(headerName(), settingText());

/**
 * How requests show who we are. Fixed credentials are texts with settings in them; fetched ones (`client-credentials`,
 * `session`) are kept until they end or the product answers 401, and then fetched once more.
 */
export const authField = () =>
  z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("none") }).describe("No credentials."),
    z
      .strictObject({ type: z.literal("bearer"), token: settingText().default("{token}") })
      .describe("Authorization: Bearer <token>."),
    z
      .strictObject({ type: z.literal("headers"), headers: headers() })
      .describe("API keys in one or several headers of their own."),
    z
      .strictObject({ type: z.literal("query"), parameters: z.record(z.string().min(1).max(64), settingText()) })
      .describe("API keys in the query; they end up in the product's logs."),
    z.strictObject({ type: z.literal("basic"), username: settingText(), password: settingText() }),
    z
      .strictObject({
        type: z.literal("client-credentials"),
        tokenUrl: settingText().describe(
          "Address that gives access tokens; settings in it are escaped, but for one with which it begins.",
        ),
        clientId: settingText(),
        clientSecret: settingText(),
        scope: settingText().exactOptional(),
        send: z
          .enum(["body", "header"])
          .default("body")
          .describe("Where id and secret stand: in the form, or as basic authentication."),
      })
      .describe("OAuth 2 client credentials (RFC 6749 section 4.4)."),
    z
      .strictObject({
        type: z.literal("session"),
        login: z.strictObject({
          method: z.enum(["POST", "PUT", "GET"]).default("POST"),
          path: pathField(),
          body: bodyField().exactOptional().describe("Expressions here know $settings only."),
        }),
        succeeds: expressionField()
          .exactOptional()
          .describe("True when the answer to the login is a success; products may answer 200 to both."),
        headers: z
          .record(headerName(), textField())
          .describe("Sent with each request; expressions read the answer to the login."),
        lifetime: spanField(60_000, DAY_MS)
          .default("30m")
          .describe("How long a session lasts without a request; a new one is begun a little earlier."),
      })
      .describe("A login whose answer gives the headers of the requests that follow; renewed once on a 401."),
  ]);

/** How requests show who we are. */
export type RecipeAuth = z.output<ReturnType<typeof authField>>;
