import test from "ava";
import fc from "fast-check";
import { isoToLocal, localToIso, toIso } from "../../../src/connectors/recipe/local-time.ts";

for (const [local, zone, iso] of [
  ["2026-01-05 10:30", "Europe/Berlin", "2026-01-05T09:30:00.000Z"],
  ["2026-07-05T10:30:15", "Europe/Berlin", "2026-07-05T08:30:15.000Z"],
  ["2026-01-05T10:30:00.0000000", "UTC", "2026-01-05T10:30:00.000Z"],
  ["2026-01-05", "America/New_York", "2026-01-05T05:00:00.000Z"],
  ["2026-01-05 00:10", "Pacific/Kiritimati", "2026-01-04T10:10:00.000Z"],
  // Clocks go back: 02:30 comes twice, and the earlier is meant.
  ["2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"],
  // Clocks go forward: 02:30 does not come, and is moved on by the gap.
  ["2026-03-29 02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"],
  ["2026-02-30 10:00", "Europe/Berlin", undefined],
  ["2026-01-05 10:30", "Mars/Base", undefined],
  ["2026-01-05T10:30:00Z", "Europe/Berlin", undefined],
  [42, "Europe/Berlin", undefined],
] as const) {
  test(`${local} in ${zone} is ${iso ?? "nothing"}`, (t) => {
    t.is(localToIso(local, zone), iso);
  });
}

test("a format shows the parts of a local time", (t) => {
  t.is(isoToLocal("2026-01-05T09:05:07.000Z", "Europe/Berlin", "dd.MM.yyyy HH:mm:ss"), "05.01.2026 10:05:07");
  t.is(isoToLocal("2026-01-05T09:05:07.000Z", "Europe/Berlin"), "2026-01-05 10:05:07");
  t.is(isoToLocal("soon", "Europe/Berlin"), undefined);
  t.is(isoToLocal("2026-01-05T09:05:07.000Z", "Mars/Base"), undefined);
});

test("a local time that comes once leads back to where it came from", (t) => {
  const zones = fc.constantFrom("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC");
  const minutes = fc.integer({ min: 29_000_000, max: 30_000_000 });
  fc.assert(
    fc.property(minutes, zones, (minute, zone) => {
      const iso = new Date(minute * 60_000).toISOString();
      const local = isoToLocal(iso, zone);
      const back = localToIso(local, zone);
      // Of the two that a repeated time may mean, the earlier comes back: it shows the same local time.
      t.is(isoToLocal(back, zone), local);
      t.true((back ?? "") <= iso);
    }),
    { numRuns: 300 },
  );
});

test("only times with an offset, and numbers, are instants by themselves", (t) => {
  t.is(toIso("2026-01-05T10:30:00+0000"), "2026-01-05T10:30:00.000Z");
  t.is(toIso("2026-01-05 10:30:00+01:00"), "2026-01-05T09:30:00.000Z");
  t.is(toIso(1_767_609_000_000), "2026-01-05T10:30:00.000Z");
  t.is(toIso("2026-01-05T10:30:00"), undefined);
  t.is(toIso("tomorrow"), undefined);
  t.is(toIso(Number.MAX_VALUE), undefined);
});
