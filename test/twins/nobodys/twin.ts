import type { ExecutionContext } from "ava";
import { empty, json } from "../kit/answers.ts";
import { startTwin, type Twin, type TwinVendor } from "../kit/twin.ts";
import { nobodysRoutes } from "./routes.ts";
import { createNobodysState, type NobodysState } from "./state.ts";

/** What it takes as a token. */
export const NOBODYS_TOKEN = "ns_live_0123456789";

/** Nobody's Scheduler says nothing but a message, mostly with 500; its 429 says nothing at all. */
const vendor: TwinVendor = {
  authenticate: ({ headers }) =>
    headers.authorization === `Bearer ${NOBODYS_TOKEN}` ? null : json(401, { message: "Invalid token." }),
  invalid: () => json(500, { message: "Bad input." }),
  unknownPath: () => json(500, { message: "No such page." }),
  unauthorized: () => json(401, { message: "Invalid token." }),
  rateLimited: () => empty(429),
  unavailable: () => json(503, { message: "Please come back later." }),
};

/** Nobody's Scheduler, as docs/recipes.md describes its interface. */
export interface NobodysTwin extends Twin {
  readonly state: NobodysState;
}

/** Serves it until the test ends. `nowMs`: the time, milliseconds since 1970. */
export async function startNobodys(t: ExecutionContext, nowMs: () => number): Promise<NobodysTwin> {
  const state = createNobodysState();
  const twin = await startTwin(t, { vendor, basePath: "/api/3", routes: nobodysRoutes(state, nowMs) });
  return { ...twin, state };
}
