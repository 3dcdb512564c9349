import { UsageError } from "../domain/errors.ts";

/** `--port NUMBER`: 0 to 65535. Throws UsageError. */
export function toPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(port) || port > 65_535) throw new UsageError(`--port ${text} is no port: 0 to 65535.`);
  return port;
}
