import type { RawRequest } from "../kit/route.ts";
import type { LibreBookingState } from "./state.ts";

const HALF_AN_HOUR_MS = 30 * 60_000;

/** One login. */
export interface Session {
  readonly token: string;
  readonly userId: number;
  readonly expiresMs: number;
}

/** Who is logged in. */
export interface Sessions {
  /** Null for a wrong name or password. */
  begin(userName: string, password: string): Session | null;
  /** Whether the headers of a request show an administrator whose session is not over; the half hour then begins anew. */
  admits(request: Pick<RawRequest, "headers">): boolean;
  /** As if the installation had been restarted. */
  endAll(): void;
  /** Logins so far, refused ones left out. */
  readonly begun: number;
}

/** Nobody is logged in yet. */
export function createSessions(state: LibreBookingState, now: () => number): Sessions {
  const sessions = new Map<string, Session>();
  let begun = 0;
  return {
    get begun() {
      return begun;
    },
    begin(userName, password) {
      const user = [...state.users.values()].find((one) => one.userName === userName && one.password === password);
      if (user === undefined || user.status !== 1) return null;
      begun += 1;
      const session = { token: `0313${begun}`, userId: user.id, expiresMs: now() + HALF_AN_HOUR_MS };
      sessions.set(session.token, session);
      return session;
    },
    admits({ headers }) {
      const session = sessions.get(String(headers["x-booked-sessiontoken"] ?? ""));
      if (session === undefined || session.expiresMs <= now()) return false;
      if (headers["x-booked-userid"] !== String(session.userId)) return false;
      sessions.set(session.token, { ...session, expiresMs: now() + HALF_AN_HOUR_MS });
      return state.users.get(session.userId)?.isAdmin === true;
    },
    endAll: () => sessions.clear(),
  };
}
