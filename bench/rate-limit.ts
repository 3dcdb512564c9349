import { profileFlags, runChild } from "./children.ts";
import { startProduct, type Companies } from "./company.ts";
import { count, figure, type Section } from "./figure.ts";
import type { Options } from "./options.ts";
import type { RateLimitInput, RateLimitResult } from "./rate-limit-child.ts";

const PEOPLE = 1_000;
/** As in the configuration, unless it says otherwise: what ordinary requests leave to leavers and to others. */
const RESERVE = 0.2;
const WINDOW_MS = 60_000;
/** A second's worth may go at once in the beginning: the pace shows after it. */
const WARM_UP_MS = 1_000;
const GOAL_SHARE = 0.95;

/** How much of a product's rate limit is used while more is waiting than it lets through, and what a change costs. */
export async function measureRateLimit(companies: Companies, options: Options): Promise<Section> {
  const { perMinute, limitMs, profileTo } = options;
  const allowed = Math.floor(perMinute * (1 - RESERVE));
  const product = await startProduct(PEOPLE);
  try {
    const place = await companies.place("rate-limit", PEOPLE, { productUrl: product.url, perMinute });
    const changes = Math.ceil((allowed * limitMs) / WINDOW_MS);
    const input: RateLimitInput = { configFile: place.configFile, changes };
    const flags = profileFlags(profileTo, "rate-limit");
    const { changed } = await runChild<RateLimitResult>("rate-limit-child.ts", input, flags);
    const times = await product.takeTimes();
    const { writes, pages, groups, seats, single } = await product.takeCalls();
    const used = shareUsed(times, allowed);
    const most = mostWithin(times, WINDOW_MS);
    return {
      title: `A rate limit of ${count(perMinute)} requests a minute, ${count(allowed)} of them for ordinary ones, with ${count(changes)} changes waiting`,
      figures: [
        figure("  share of it that was used", percent(used), { goal: "≥ 95 %", isMet: used >= GOAL_SHARE }),
        figure("  most requests in any 60 s", count(most), { goal: `≤ ${count(allowed)}`, isMet: most <= allowed }),
        figure("  writes a change", (writes / changed).toFixed(2), {
          goal: "1",
          isMet: writes === changed,
          ratio: `${count(writes)} writes for ${count(changed)} changes`,
        }),
        figure("  its other product calls", count(pages + groups + seats + single), {
          goal: "pages + groups + seats",
          isMet: single === 0 && pages + groups + seats === Math.ceil(PEOPLE / 500) + 2,
          ratio: `${pages} pages, ${groups} + ${seats}, ${single} single accounts`,
        }),
      ],
      notes: [],
    };
  } finally {
    await product.stop();
  }
}

/** Requests of the time that was watched, of those that might have been sent in it. */
function shareUsed(times: readonly number[], perMinute: number): number {
  const startMs = (times[0] ?? NaN) + WARM_UP_MS;
  const counted = times.filter((ms) => ms >= startMs);
  const spanMs = (counted.at(-1) ?? NaN) - (counted[0] ?? NaN);
  return ((counted.length - 1) * WINDOW_MS) / (spanMs * perMinute);
}

/** The most of these times, which are in order, that lie within so many milliseconds. */
function mostWithin(times: readonly number[], windowMs: number): number {
  let most = 0;
  let first = 0;
  for (const [index, ms] of times.entries()) {
    while (ms - (times[first] ?? ms) >= windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
