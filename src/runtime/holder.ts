import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import process from "node:process";

/**
 * The name under which one process holds leases: `host/place/pid/start/nonce`. Only within one place, which is one start
 * of one machine and one set of process numbers on it, does a process number say anything: two containers may have the same
 * host name, and each has a process number 1. `start` tells a process from an earlier one with its number.
 */
export interface Holder {
  readonly name: string;
  /** True only for a process of this place that certainly runs no more, so that its lease need not be waited for. */
  isDead(other: string): boolean;
}

/** What tells one set of processes from every other; null where the system does not say. */
export interface Surroundings {
  readonly host: string;
  readonly place: string | null;
  /** When a process was started, in the system's own words; null when there is none, or it is not known. */
  startOf(pid: number): string | null;
  isRunning(pid: number): boolean;
}

const UNKNOWN = "-";

/** The holder that this process is. */
export function createHolder(around: Surroundings = thisMachine()): Holder {
  const nonce = randomUUID();
  const own = process.pid;
  const name = [around.host, around.place ?? UNKNOWN, own, around.startOf(own) ?? UNKNOWN, nonce].join("/");
  return {
    name,
    isDead(other) {
      const [host, place, text, start, chance] = other.split("/");
      const pid = Number(text);
      if (chance === undefined || !Number.isInteger(pid) || pid <= 0) return false;
      if (around.place === null || host !== around.host || place !== around.place) return false;
      if (pid === own) return chance !== nonce;
      if (!around.isRunning(pid)) return true;
      const now = around.startOf(pid);
      return now !== null && start !== UNKNOWN && now !== start;
    },
  };
}

/** What the system says of this process and its neighbours. */
function thisMachine(): Surroundings {
  return { host: hostname(), place: readPlace(), startOf, isRunning };
}

/** The start of the machine and the set of process numbers, on Linux. */
function readPlace(): string | null {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const [numbers] = /\d+/.exec(readlinkSync("/proc/self/ns/pid")) ?? [];
    return numbers === undefined ? null : `${boot}:${numbers}`;
  } catch {
    return null;
  }
}

/** Field 22 of `/proc/<pid>/stat`: ticks from the start of the machine. The second field may hold blanks and brackets. */
function startOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
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
