import { pino, type DestinationStream, type Logger } from "pino";
import { BridgeError, ConnectorError } from "../domain/errors.ts";
import type { Log, LogFields } from "../ports/ambient.ts";

/** How much is logged. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/**
 * JSON lines for machines: `time`, `level`, `event`, and ids. Errors are logged by name, code and place, never with
 * what they carry: a driver's message repeats the values of the statement that failed.
 */
export function createLog(level: LogLevel, destination: DestinationStream): Log {
  const logger = pino(
    {
      level,
      base: null,
      messageKey: "event",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return {
    debug: (event, fields) => write(logger, "debug", event, fields),
    info: (event, fields) => write(logger, "info", event, fields),
    warn: (event, fields, error) => write(logger, "warn", event, fields, error),
    error: (event, fields, error) => write(logger, "error", event, fields, error),
  };
}

function write(
  logger: Logger,
  level: "debug" | "info" | "warn" | "error",
  event: string,
  fields: LogFields = {},
  error?: unknown,
): void {
  logger[level](error === undefined ? fields : { ...fields, error: describeError(error) }, event);
}

/** What may be logged of an error. A product's fault is named in words that the connector chose; nothing else is. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: "not an Error" };
  const code = error instanceof BridgeError || hasCode(error) ? error.code : undefined;
  return {
    name: error.name,
    code,
    ...(error instanceof ConnectorError ? { message: error.message } : {}),
    at: framesOf(error),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

function hasCode(error: Error): error is Error & { readonly code: string } {
  return "code" in error && typeof error.code === "string";
}

/** A line of a stack: `at name (file:///…:1:2)` or the place alone. */
const FRAME = /^at (?:[^()@]* \()?(?:file:\/\/|node:|\/|[A-Z]:\\|<anonymous>|native)/;

/** The stack without the message that it repeats: a line of that may look like a place, and hold anything. */
function framesOf({ stack = "", message }: Error): readonly string[] {
  const lines = stack
    .replace(message, "")
    .split("\n")
    .map((line) => line.trim());
  return lines.filter((line) => FRAME.test(line)).slice(0, 8);
}
