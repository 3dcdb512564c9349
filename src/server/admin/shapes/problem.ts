import { z } from "zod";
import { shape } from "./basics.ts";

/** Problem details (RFC 9457). */
export const PROBLEM = shape(
  "Problem",
  z.looseObject({
    type: z.string().describe("`urn:rosterbridge:problem:<name>`: stable."),
    title: z.string().describe("The same for every problem of the type."),
    status: z.int(),
    detail: z.string().describe("What is wrong this time, and what to do."),
    requestId: z.string().describe("Names the request in the log."),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .exactOptional()
      .describe("Each fault with its place."),
  }),
);
