import {
  ConfigError,
  ConnectorError,
  ForbiddenError,
  InvalidFilterError,
  ListenError,
  PlanChangedError,
  RunInProgressError,
  StoreBusyError,
  TenantChangedError,
  UnauthenticatedError,
  UsageError,
} from "../domain/errors.ts";
import {
  MappingChangedError,
  MappingRuledByFileError,
  MappingTakeoverError,
  MappingTestsError,
} from "../domain/mapping-errors.ts";

/** Exit codes of the command line (product.md section 10). */
export const EXIT = {
  done: 0,
  error: 1,
  pending: 2,
  held: 3,
  partial: 4,
  inProgress: 5,
  usage: 64,
  unreachable: 69,
  busy: 75,
  unauthorised: 77,
  config: 78,
} as const;

/** The exit code of an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  return exitCodeOfMapping(error) ?? exitCodeOfOthers(error);
}

/** Null for what has nothing to do with an edit of the mapping. */
function exitCodeOfMapping(error: unknown): number | null {
  if (error instanceof MappingChangedError) return EXIT.held;
  if (error instanceof MappingTakeoverError) return EXIT.usage;
  return error instanceof MappingTestsError || error instanceof MappingRuledByFileError ? EXIT.config : null;
}

function exitCodeOfOthers(error: unknown): number {
  if (isUsage(error)) return EXIT.usage;
  // The address or the token leads to another organisation: a fault in the configuration until somebody says otherwise.
  if (error instanceof ConfigError || error instanceof TenantChangedError) return EXIT.config;
  if (error instanceof PlanChangedError) return EXIT.held;
  if (error instanceof RunInProgressError) return EXIT.inProgress;
  if (error instanceof ConnectorError) return error.reason === "auth" ? EXIT.unauthorised : EXIT.unreachable;
  if (error instanceof StoreBusyError) return EXIT.busy;
  if (error instanceof UnauthenticatedError || error instanceof ForbiddenError) return EXIT.unauthorised;
  if (error instanceof ListenError) return EXIT.error;
  return EXIT.error;
}

function isUsage(error: unknown): boolean {
  return error instanceof UsageError || error instanceof InvalidFilterError;
}
