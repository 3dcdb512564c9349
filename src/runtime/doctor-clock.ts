import { formatDuration } from "../lib/duration.ts";
import type { Clock } from "../ports/ambient.ts";
import type { Finding } from "../ports/connector.ts";
import type { ProductOptions } from "./connectors.ts";

const SUBJECT = "clock";
/** Nobody runs this program before it was written. */
const EARLIEST = "2026-01-01T00:00:00.000Z";
const MOST_SKEW_MS = 60_000;
const PATIENCE_MS = 5_000;

/** Whether the clock of this machine can be right, and whether the product's is the same, where it tells. */
export async function clockFindings(
  options: ProductOptions,
  clock: Pick<Clock, "now">,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const now = clock.now();
  if (now < EARLIEST) {
    const detail = `The clock of this machine shows ${now}: tokens, proofs and the schedule go wrong.`;
    return [{ subject: SUBJECT, verdict: "bad", detail, remedy: "Set it, and let NTP keep it." }];
  }
  const theirs = await serverTime(options, signal);
  return [skewFinding(theirs === null ? null : Date.parse(clock.now()) - theirs)];
}

/** `skewMs`: how much ours is ahead; null: not known. */
function skewFinding(skewMs: number | null): Finding {
  if (skewMs === null) {
    const detail = "The clock is plausible; the product did not tell its own time, so that they were not compared.";
    return { subject: SUBJECT, verdict: "good", detail };
  }
  const apart = Math.abs(skewMs);
  if (apart <= MOST_SKEW_MS) {
    return { subject: SUBJECT, verdict: "good", detail: "The clock shows the product's time, give or take a minute." };
  }
  const words = formatDuration(Math.round(apart / 1_000) * 1_000);
  const detail = `The clock is ${words} ${skewMs > 0 ? "ahead of" : "behind"} the product's: bookings near the present are told wrongly from past ones.`;
  return { subject: SUBJECT, verdict: "warning", detail, remedy: "Let NTP keep the clock of this machine." };
}

/** The `Date` of the product's server, asked for without credentials; null where it cannot be had. */
async function serverTime(options: ProductOptions, signal: AbortSignal): Promise<number | null> {
  const url = "baseUrl" in options ? options.baseUrl : undefined;
  if (url === undefined) return null;
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const { headers } = await fetch(url, { method: "HEAD", redirect: "manual", signal: limit });
    const time = Date.parse(headers.get("date") ?? "");
    return Number.isNaN(time) ? null : time;
  } catch {
    return null;
  }
}
