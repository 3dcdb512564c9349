import type { RequestListener } from "node:http";
import Koa from "koa";
import { listen } from "../lib/http-server.ts";
import type { Listening, ListenOptions } from "../lib/http-server.ts";
import { injectFaults } from "./fault-layer.ts";
import { createFaults } from "./faults.ts";
import type { Faults } from "./faults.ts";
import { answerErrors, explainRefusals, hookWrites, recordWrites, requireToken } from "./layers.ts";
import type { WriteHook } from "./layers.ts";
import { createLedger } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import type { SandboxAmbient } from "./records.ts";
import type { RequestState } from "./request-state.ts";
import { createRoutes } from "./routes.ts";
import { parseSeed, plant } from "./seed.ts";
import type { Seed } from "./seed.ts";
import { createState } from "./state.ts";
import type { SandboxState } from "./state.ts";

/** How to set up a sandbox. */
export interface SandboxOptions extends SandboxAmbient {
  /** What callers send as `Authorization: Bearer`; not empty. */
  readonly token: string;
  /** Seats per pool; stands above the seed's; `{standard: 50}` when neither says. */
  readonly seats?: Readonly<Record<string, number>>;
  readonly seed?: Seed;
  readonly onWrite?: WriteHook;
}

/** The bundled scheduling product (product.md section 12). */
export interface Sandbox {
  /** Serves the product's HTTP API. */
  readonly handler: RequestListener;
  readonly state: SandboxState;
  readonly faults: Faults;
  readonly ledger: Ledger;
  /** Throws ListenError. */
  listen(options: ListenOptions): Promise<Listening>;
}

const DEFAULT_SEATS = { standard: 50 };

/** A product with its own state, in memory, owned by the owner of the seed. Throws SeedError for a seed that contradicts itself. */
export function createSandbox(options: SandboxOptions): Sandbox {
  if (options.token === "") throw new TypeError("the sandbox needs a token");
  const { clock, newId } = options;
  const seed = options.seed ?? parseSeed({});
  const state = createState({ clock, newId }, options.seats ?? seed.seats ?? DEFAULT_SEATS);
  plant(seed, state, { clock, newId });
  const faults = createFaults(newId);
  const ledger = createLedger();
  const router = createRoutes(state, ledger, faults);

  const app = new Koa<RequestState>();
  app.use(recordWrites(ledger, clock));
  app.use(answerErrors());
  app.use(requireToken(options.token));
  app.use(injectFaults(faults, clock));
  app.use(hookWrites(options.onWrite));
  app.use(explainRefusals());
  app.use(router.routes());
  app.use(router.allowedMethods());
  const callback = app.callback();
  const handler: RequestListener = (request, response) => void callback(request, response);
  return { handler, state, faults, ledger, listen: (where) => listen(handler, where) };
}
