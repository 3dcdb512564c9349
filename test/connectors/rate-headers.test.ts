import test from "ava";
import { parseBudget, type BudgetHeaders, type ResponseHeaders } from "../../src/connectors/rate-headers.ts";

const NOW = "2026-11-23T09:00:00.000Z";
const IN_30_S = Date.parse(NOW) + 30_000;

const cases: readonly (readonly [string, ResponseHeaders, BudgetHeaders | null])[] = [
  [
    "Calendly: seconds that are left",
    { "x-ratelimit-limit": "500", "x-ratelimit-remaining": "499", "x-ratelimit-reset": "60" },
    { limit: 500, remaining: 499, resetMs: 60_000 },
  ],
  [
    "Cal.com: the end names the limit",
    {
      "x-ratelimit-limit-default": "120",
      "x-ratelimit-remaining-default": "0",
      "x-ratelimit-reset-default": "41",
    },
    { limit: 120, remaining: 0, resetMs: 41_000 },
  ],
  [
    "of two limits the one with less left",
    {
      "x-ratelimit-remaining-default": "50",
      "x-ratelimit-reset-default": "10",
      "x-ratelimit-remaining-burst": "3",
      "x-ratelimit-reset-burst": "1",
    },
    { limit: null, remaining: 3, resetMs: 1_000 },
  ],
  [
    "the time of the reset in seconds",
    { "x-rate-limit-remaining": "7", "x-rate-limit-reset": String(IN_30_S / 1_000) },
    { limit: null, remaining: 7, resetMs: 30_000 },
  ],
  [
    "the time of the reset in milliseconds",
    { "x-ratelimit-remaining": "7", "x-ratelimit-reset": String(IN_30_S) },
    { limit: null, remaining: 7, resetMs: 30_000 },
  ],
  [
    "the time of the reset as a date",
    { "ratelimit-remaining": "7", "ratelimit-reset": "Mon, 23 Nov 2026 09:00:30 GMT" },
    { limit: null, remaining: 7, resetMs: 30_000 },
  ],
  [
    "a reset that is past",
    { "x-ratelimit-remaining": "7", "x-ratelimit-reset": String(IN_30_S - 90_000) },
    { limit: null, remaining: 7, resetMs: 0 },
  ],
  [
    "a limit with its policy",
    { "ratelimit-limit": "100, 100;w=60", "ratelimit-remaining": "99", "ratelimit-reset": "50" },
    { limit: 100, remaining: 99, resetMs: 50_000 },
  ],
  [
    "one structured field, as the newest draft has it",
    { ratelimit: '"default";r=50;t=30', "ratelimit-policy": '"default";q=100;w=60' },
    { limit: 100, remaining: 50, resetMs: 30_000 },
  ],
  [
    "one structured field, as older drafts had it",
    { ratelimit: "limit=100, remaining=50, reset=30" },
    { limit: 100, remaining: 50, resetMs: 30_000 },
  ],
  ["no reset", { "x-ratelimit-remaining": "5" }, { limit: null, remaining: 5, resetMs: null }],
  [
    "a reset that is no time",
    { "x-ratelimit-remaining": "5", "x-ratelimit-reset": "soon" },
    { limit: null, remaining: 5, resetMs: null },
  ],
  ["nothing that is left", { "x-ratelimit-limit": "500", "x-ratelimit-reset": "60" }, null],
  ["what is left is no number", { "x-ratelimit-remaining": "many" }, null],
  ["a negative number", { "x-ratelimit-remaining": "-1" }, null],
  ["nothing at all", { "content-type": "application/json" }, null],
];

for (const [what, headers, expected] of cases) {
  test(`a budget is read from headers: ${what}`, (t) => {
    t.deepEqual(parseBudget(headers, NOW), expected);
  });
}
