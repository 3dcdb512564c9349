import { startProduct, type Companies } from "./company.ts";
import { startDaemonProcess } from "./daemon.ts";
import { count, duration, figure, type Section } from "./figure.ts";
import type { Options } from "./options.ts";
import { median } from "./statistics.ts";

const START_GOAL_MS = 2_000;
const STOP_GOAL_MS = 10_000;

/** From the start of the process to ready, and from SIGTERM to its end; the full run that a start begins with is cut off. */
export async function measureStartStop(companies: Companies, { staged, rounds }: Options): Promise<Section> {
  const product = await startProduct(staged);
  const place = await companies.place("start-stop", staged, { productUrl: product.url });
  const starts: number[] = [];
  const stops: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const daemon = await startDaemonProcess(place, null);
      starts.push(daemon.readyMs);
      stops.push(await daemon.stop());
    }
  } finally {
    await product.stop();
  }
  return {
    title: `Start and stop, ${count(staged)} people staged; SIGTERM comes in the middle of the first full run`,
    figures: [
      figure("start to ready", duration(median(starts)), {
        goal: "< 2 s",
        ratio: `slowest of ${rounds}: ${duration(Math.max(...starts))}`,
        isMet: Math.max(...starts) < START_GOAL_MS,
      }),
      figure("SIGTERM to exit 0", duration(median(stops)), {
        goal: "< 10 s",
        ratio: `slowest of ${rounds}: ${duration(Math.max(...stops))}`,
        isMet: Math.max(...stops) < STOP_GOAL_MS,
      }),
    ],
    notes: [],
  };
}
