import test from "ava";
import { parseRetryAfter } from "../../src/connectors/retry-after.ts";

const NOW = "2026-11-23T09:00:00.000Z";

const wait = test.macro((t, header: string | undefined, expected: number | undefined) => {
  t.is(parseRetryAfter(header, NOW), expected);
});

test("seconds", wait, "7", 7_000);
test("no time at all", wait, "0", 0);
test("a date to come", wait, "Mon, 23 Nov 2026 09:01:00 GMT", 60_000);
test("a date that has passed means now", wait, "Mon, 23 Nov 2026 08:00:00 GMT", 0);
test("a day is cut to 15 minutes", wait, "86400", 900_000);
test("a date far off is cut to 15 minutes", wait, "Mon, 23 Nov 2076 09:00:00 GMT", 900_000);
test("nonsense means nothing", wait, "soon", undefined);
test("a negative number means nothing", wait, "-5", undefined);
test("a fraction means nothing", wait, "1.5", undefined);
test("a date that no HTTP has means nothing", wait, "2026-11-23", undefined);
test("the date of RFC 850", wait, "Monday, 23-Nov-26 09:01:00 GMT", 60_000);
test("an absurd number is cut to 15 minutes", wait, "9".repeat(400), 900_000);
test("an empty header means nothing", wait, "", undefined);
test("no header means nothing", wait, undefined, undefined);
