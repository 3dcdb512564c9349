import test from "ava";
import { createTimeZones } from "../../src/lib/time-zones.ts";

for (const [name, spelled] of [
  ["Europe/Berlin", "Europe/Berlin"],
  ["europe/berlin", "Europe/Berlin"],
  ["UTC", "UTC"],
  ["Mars/Base", null],
  ["+01:00", null],
  ["", null],
] as const) {
  test(`${JSON.stringify(name)} is ${spelled === null ? "no time zone" : `the time zone ${spelled}`}`, (t) => {
    const zones = createTimeZones();
    t.is(zones(name), spelled);
    t.is(zones(name), spelled);
  });
}

test("an older name of a zone stays as it is", (t) => {
  const zones = createTimeZones();
  t.is(zones("Asia/Calcutta")?.startsWith("Asia/"), true);
  t.is(zones("US/Eastern"), "US/Eastern");
});

test("more words than are remembered are told apart all the same", (t) => {
  const zones = createTimeZones();
  for (let i = 0; i < 1_001; i++) t.is(zones(`Nowhere/${i}`), null);
  t.is(zones("Asia/Tokyo"), "Asia/Tokyo");
});
