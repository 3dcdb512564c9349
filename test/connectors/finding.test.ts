import test from "ava";
import { rateLimitFinding, sentenceOf, toTell } from "../../src/connectors/finding.ts";
import { ConnectorError } from "../../src/domain/errors.ts";

test("a message becomes a sentence, and a sentence stays one", (t) => {
  t.is(sentenceOf("sandbox answered 404 to GET /v1/members"), "Sandbox answered 404 to GET /v1/members.");
  t.is(sentenceOf("It is full."), "It is full.");
});

test("what is left of a rate limit is told, or that nothing is said of it", (t) => {
  const untold = { verdict: "warning", detail: "Acme does not tell.", remedy: "Ask them." } as const;
  t.deepEqual(rateLimitFinding(null, untold), { subject: "rate limit", ...untold });
  const told = (limit: number | null): string =>
    rateLimitFinding({ limit, remaining: 7, resetMs: null }, untold).detail;
  t.is(told(null), "7 requests are left in this window.");
  t.is(told(60), "7 of 60 requests are left in this window.");
});

test("only errors of a product are told, and none that an aborted signal made", (t) => {
  const error = new ConnectorError("unavailable", "no answer");
  t.is(toTell(error, new AbortController().signal), error);
  t.throws(() => toTell(error, AbortSignal.abort()), { is: error });
  t.throws(() => toTell(new RangeError("a fault of ours"), new AbortController().signal), { instanceOf: RangeError });
});
