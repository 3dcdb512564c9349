const LOCAL = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?$/;
const WITH_OFFSET = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/i;
const EPOCH_MS_FROM = 100_000_000_000;

/** Fields that a format may name, longest first, and how wide they are. */
const FORMAT = /yyyy|MM|dd|HH|mm|ss/g;

/** A time with an offset, or seconds or milliseconds since 1970, as RFC 3339 UTC; undefined for anything else. */
export function toIso(value: unknown): string | undefined {
  if (typeof value === "number") return isoOf(Math.abs(value) < EPOCH_MS_FROM ? value * 1_000 : value);
  if (typeof value !== "string" || !WITH_OFFSET.test(value)) return undefined;
  // `+0000` and a space instead of `T` are common, and not everything that Date takes.
  return isoOf(Date.parse(value.replace(" ", "T").replace(/([+-]\d\d)(\d\d)$/, "$1:$2")));
}

/**
 * The instant that clocks in a time zone show as this local time, as RFC 3339 UTC; undefined when the time or the zone makes
 * no sense. A time that comes twice, when clocks go back, is the earlier one; one that is skipped is moved on by the gap.
 */
export function localToIso(local: unknown, zone: unknown): string | undefined {
  const match = typeof local === "string" ? LOCAL.exec(local) : null;
  if (match === null || typeof zone !== "string") return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0"] = match;
  const wall = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  // 2026-02-31 is no day: it must come out as it went in.
  if (Number(day) !== new Date(wall).getUTCDate()) return undefined;
  const before = offsetMs(wall - DAY_MS, zone);
  const after = offsetMs(wall + DAY_MS, zone);
  if (before === undefined || after === undefined) return undefined;
  const fits = [wall - before, wall - after].filter((at) => at + (offsetMs(at, zone) ?? 0) === wall);
  return isoOf(fits.length === 0 ? wall - before : Math.min(...fits));
}

/** How clocks in a time zone show an instant, by a format of `yyyy MM dd HH mm ss`; undefined when something makes no sense. */
export function isoToLocal(iso: unknown, zone: unknown, format: unknown = "yyyy-MM-dd HH:mm:ss"): string | undefined {
  const at = typeof iso === "string" ? Date.parse(iso) : Number.NaN;
  if (Number.isNaN(at) || typeof zone !== "string" || typeof format !== "string") return undefined;
  const offset = offsetMs(at, zone);
  if (offset === undefined) return undefined;
  const local = new Date(at + offset).toISOString();
  const [yyyy, MM, dd, HH, mm, ss] = local.split(/[-T:.]/);
  const fields: Readonly<Record<string, string | undefined>> = { yyyy, MM, dd, HH, mm, ss };
  return format.replace(FORMAT, (field) => fields[field] ?? field);
}

const DAY_MS = 86_400_000;

/** How far clocks in a zone are ahead of UTC at an instant, whole seconds. */
function offsetMs(at: number, zone: string): number | undefined {
  let parts: readonly Intl.DateTimeFormatPart[];
  try {
    parts = new Intl.DateTimeFormat("en-US", { ...PARTS, timeZone: zone }).formatToParts(at);
  } catch {
    return undefined;
  }
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
  const shown = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return shown - Math.floor(at / 1_000) * 1_000;
}

const PARTS = {
  hourCycle: "h23",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
} as const;

/** RFC 3339 UTC of milliseconds since 1970; undefined for what is beyond any calendar. */
export function isoOf(ms: number): string | undefined {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
