import { readFile } from "node:fs/promises";

const TICK_MS = 10; // Linux counts the time of processes in hundredths of a second

/** Memory that a process holds now; NaN where the system does not tell (it is read from /proc). */
export async function residentBytes(pid: number): Promise<number> {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readProc(pid, "status"))?.[1];
  return kilobytes === undefined ? NaN : Number(kilobytes) * 1024;
}

/** Time that all threads of a process have spent on a core so far, their system calls included; NaN as above. */
export async function cpuMs(pid: number): Promise<number> {
  // The second field is a name in brackets, which may hold anything; user and system time are the 14th and the 15th.
  const fields = (await readProc(pid, "stat")).replace(/^.*\) /s, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** The same for this process, from `start` on. */
export function ownCpuMs(start?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

async function readProc(pid: number, name: string): Promise<string> {
  return readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "");
}
