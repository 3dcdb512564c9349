import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import process from "node:process";

/** The name under which one process holds leases: `host/pid/nonce`. The nonce tells a restarted container, whose process is always number 1. */
export interface Holder {
  readonly name: string;
  /** True only for a process of this host that certainly runs no more, so that its lease need not be waited for. */
  isDead(other: string): boolean;
}

/** The holder that this process is. */
export function createHolder(): Holder {
  const host = hostname();
  const nonce = randomUUID();
  return {
    name: `${host}/${process.pid}/${nonce}`,
    isDead(other) {
      const [otherHost, otherPid, otherNonce] = other.split("/");
      const pid = Number(otherPid);
      if (otherHost !== host || !Number.isInteger(pid) || pid <= 0) return false;
      return pid === process.pid ? otherNonce !== nonce : !isRunning(pid);
    },
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, under another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
