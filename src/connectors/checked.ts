import type { z } from "zod";
import { ConnectorError } from "../domain/errors.ts";

/** So many places are named at most. */
const MOST_PLACES = 3;

/** What an answer holds, when it has the shape that is due. Throws ConnectorError `unavailable` otherwise. */
export function checked<S extends z.ZodType>(schema: S, body: unknown, product: string): z.output<S> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  // Only places are named: the values are other people's.
  const where = result.error.issues.slice(0, MOST_PLACES).map(({ path, code }) => `${path.join(".")} ${code}`);
  throw new ConnectorError("unavailable", `${product} answered in a shape that we do not know: ${where.join(", ")}`);
}
