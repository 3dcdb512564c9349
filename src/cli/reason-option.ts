import { UsageError } from "../domain/errors.ts";

/** As the mapping has it. */
const LONGEST = 1_000;

/** `--reason TEXT`, for a log that others will read: not empty, not a book. Throws UsageError. */
export function toReason(text: string): string {
  const reason = text.trim();
  if (reason === "") throw new UsageError("--reason is empty: say why, for those who read the audit log.");
  if (reason.length > LONGEST)
    throw new UsageError(`--reason has ${reason.length} characters: at most ${LONGEST} are kept.`);
  // The rest is escaped wherever it is shown.
  if (reason.includes("\0") || !reason.isWellFormed())
    throw new UsageError("--reason must not hold a NUL or half of a character.");
  return reason;
}
