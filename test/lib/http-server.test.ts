import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import test from "ava";
import { ListenError } from "../../src/domain/errors.ts";
import { listen } from "../../src/lib/http-server.ts";

const LOOPBACK = { host: "127.0.0.1", port: 0 };

test("a listening server answers at its url", async (t) => {
  const server = await listen((_, response) => response.end("hello"), LOOPBACK);
  t.teardown(() => server.close(0));
  t.is(await (await fetch(server.url)).text(), "hello");
  t.is(server.url, `http://127.0.0.1:${server.port}`);
});

test("an IPv6 address is put in brackets and a wildcard becomes an address that can be called", async (t) => {
  const six = await listen((_, response) => response.end("six"), { host: "::1", port: 0 });
  t.teardown(() => six.close(0));
  t.is(six.url, `http://[::1]:${six.port}`);
  t.is(await (await fetch(six.url)).text(), "six");
  const any = await listen((_, response) => response.end("any"), { host: "0.0.0.0", port: 0 });
  t.teardown(() => any.close(0));
  t.is(await (await fetch(any.url)).text(), "any");
});

test("a port in use is told in one sentence with the setting that changes it", async (t) => {
  const first = await listen((_, response) => response.end(), LOOPBACK);
  t.teardown(() => first.close(0));
  const again = listen(() => undefined, { ...LOOPBACK, port: first.port, portSetting: "server.port" });
  const error = await t.throwsAsync(again, { instanceOf: ListenError });
  t.is(error.message, `port ${first.port} on 127.0.0.1 is already in use: stop the other program or set server.port`);
  t.is(error.code, "http.listen");
});

test("a host that is not ours is told", async (t) => {
  const error = await t.throwsAsync(
    listen(() => undefined, { host: "192.0.2.1", port: 0 }),
    { instanceOf: ListenError },
  );
  t.regex(error.message, /192\.0\.2\.1 is not an address of this machine/);
});

test("closing answers the request in flight, takes no new one, and drops idle connections at once", async (t) => {
  let answer: () => void = () => undefined;
  const started = Promise.withResolvers<void>();
  const server = await listen((_, response) => {
    answer = () => response.end("late");
    started.resolve();
  }, LOOPBACK);
  const idle = connect(server.port, "127.0.0.1");
  const idleClosed = new Promise<void>((resolve) => idle.once("close", () => resolve()));
  await new Promise((resolve) => idle.once("connect", resolve));
  const inFlight = fetch(server.url);
  await started.promise;
  const before = performance.now();
  const closed = server.close(60_000);
  t.is(closed, server.close(1));
  await t.throwsAsync(fetch(server.url));
  answer();
  t.is(await (await inFlight).text(), "late");
  await closed;
  await idleClosed;
  t.true(performance.now() - before < 20_000);
});

test("what is not answered by the deadline is cut off", async (t) => {
  const started = Promise.withResolvers<void>();
  const server = await listen(() => started.resolve(), LOOPBACK);
  const hanging = t.throwsAsync(fetch(server.url));
  await started.promise;
  const before = performance.now();
  await server.close(50);
  t.true(performance.now() - before < 20_000);
  await hanging;
});

test("connections beyond the cap are dropped", async (t) => {
  const server = await listen((_, response) => response.end(), { ...LOOPBACK, maxConnections: 1 });
  t.teardown(() => server.close(0));
  const holder = connect(server.port, "127.0.0.1");
  t.teardown(() => holder.destroy());
  await new Promise((resolve) => holder.once("connect", resolve));
  await pause(20);
  const refused = new Promise<Error>((resolve, reject) => {
    const outgoing = httpRequest(server.url, () => reject(new Error("was answered")));
    outgoing.once("error", resolve);
    outgoing.end();
  });
  t.true((await refused) instanceof Error);
});
