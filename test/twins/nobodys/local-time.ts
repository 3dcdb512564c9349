const FORMAT = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Europe/Berlin",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
});

/** Nobody's Scheduler shows and takes times as the clocks in Berlin have them: `2026-01-05 10:30`. */
export function inBerlin(ms: number): string {
  return FORMAT.format(ms);
}
