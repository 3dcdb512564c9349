import { z } from "zod";

/** `product` in the configuration, for the bundled sandbox. `token` is the secret itself, resolved by the loader. */
export const sandboxOptionsSchema = z.strictObject({
  connector: z.literal("sandbox"),
  /** Base URL of the sandbox, without `/v1`. */
  baseUrl: z.url({ protocol: /^https?$/ }),
  token: z.string().min(1),
});

/** Options of the sandbox connector, checked. */
export type SandboxConnectorOptions = z.output<typeof sandboxOptionsSchema>;
