import type { RequestListener } from "node:http";
import { publicUrlFor, type Config } from "../config/config.ts";
import { listen, type Listening } from "../lib/http-server.ts";
import type { Log } from "../ports/ambient.ts";
import { createApp, type AppDeps } from "../server/app.ts";

/** Everything that takes requests. */
export interface Listeners {
  /** Where the IdP pushes to, without a final slash. */
  readonly url: string;
  /** Where the admin API is, without a final slash; null: nowhere. */
  readonly adminUrl: string | null;
  readonly publicUrl: string;
  /** As `Listening.close`, for all of them. */
  close(deadlineMs: number): Promise<void>;
}

/**
 * Listens for SCIM, and for the admin API beside it or at a port of its own. Throws ListenError; then nothing is open.
 */
export async function openListeners(
  { server }: Pick<Config<unknown>, "server">,
  deps: Omit<AppDeps, "publicUrl">,
): Promise<Listeners> {
  const { host, port, admin } = server;
  // The port may be any free one: the address to hand out is known only once it is open.
  let answer: RequestListener = () => undefined;
  const main = await listen((request, response) => answer(request, response), {
    host,
    port,
    portSetting: "server.port",
  });
  const publicUrl = server.publicUrl ?? publicUrlFor(host, main.port);
  answer = createApp({ ...deps, publicUrl }, { scim: true, admin: admin.at === "same-port" });
  try {
    const own = admin.at === "own-port" ? await openAdmin(admin, { ...deps, publicUrl }) : null;
    return {
      url: main.url,
      adminUrl: admin.at === "same-port" ? main.url : (own?.url ?? null),
      publicUrl,
      close: async (deadlineMs) => {
        await Promise.all([main.close(deadlineMs), own?.close(deadlineMs)]);
      },
    };
  } catch (error) {
    await main.close(0);
    throw error;
  }
}

function openAdmin(
  { host, port }: { readonly host: string; readonly port: number },
  deps: AppDeps,
): Promise<Listening> {
  return listen(createApp(deps, { scim: false, admin: true }), { host, port, portSetting: "server.admin.port" });
}

/** Whoever looks for the admin API finds in the log where it is, or why it is nowhere. */
export function logAdmin(log: Log, { admin }: Config<unknown>["server"], url: string | null): void {
  if (url !== null) log.info("admin.listening", { url });
  if (admin.at === "off" && admin.because === "public-address") {
    log.info("admin.off", { because: "server.host or server.publicUrl is a public address", setting: "server.admin" });
  }
}
