/** How far the seeds have come, on one line of a terminal; without a terminal, a line now and then. */
export interface Progress {
  show(done: number, failed: number): void;
  end(): void;
}

const WIDTH = 30;
/** Without a terminal, so many lines in all. */
const LINES = 10;

/** Shows progress on `stream`, usually stderr. */
export function createProgress(
  stream: { readonly isTTY?: boolean; write(text: string): unknown },
  total: number,
  nowMs: () => number,
): Progress {
  const startedMs = nowMs();
  const isTerminal = stream.isTTY === true;
  const lineOf = (done: number, failed: number): string => {
    const seconds = (nowMs() - startedMs) / 1_000;
    const rate = done / Math.max(seconds, 0.001);
    const filled = Math.round((WIDTH * done) / total);
    const left = Math.round((total - done) / Math.max(rate, 0.001));
    const bar = `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)}`;
    return `${bar} ${done}/${total} seeds, ${failed} failed, ${rate.toFixed(1)}/s, ${left} s left`;
  };
  return {
    show(done, failed) {
      if (isTerminal) stream.write(`\r\u001b[K${lineOf(done, failed)}`);
      else if (done % Math.ceil(total / LINES) === 0) stream.write(`${lineOf(done, failed)}\n`);
    },
    end: () => void (isTerminal && stream.write("\r\u001b[K")),
  };
}
