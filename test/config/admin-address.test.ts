import test from "ava";
import type { JsonObject } from "../../src/domain/json.ts";
import { folderWith, load, problemsOf, smallest } from "../support/config-files.ts";

/** Settings of `server`, and where the admin API is served with them. */
const ADDRESSES: readonly (readonly [name: string, server: JsonObject, admin: JsonObject])[] = [
  ["nothing said", {}, { at: "same-port" }],
  ["localhost", { host: "localhost" }, { at: "same-port" }],
  ["another loopback address", { host: "127.8.0.1" }, { at: "same-port" }],
  ["IPv6 loopback", { host: "::1", publicUrl: "http://[::1]:8080" }, { at: "same-port" }],
  ["every interface", { host: "0.0.0.0" }, { at: "off", because: "public-address" }],
  ["every IPv6 interface", { host: "::" }, { at: "off", because: "public-address" }],
  ["one interface", { host: "10.0.0.5" }, { at: "off", because: "public-address" }],
  ["a name that begins like loopback", { host: "127.0.0.1.evil.example" }, { at: "off", because: "public-address" }],
  ["behind a proxy", { publicUrl: "https://sync.acme.example" }, { at: "off", because: "public-address" }],
  ["off", { admin: "off" }, { at: "off", because: "configured" }],
  ["public and said so", { host: "0.0.0.0", admin: "same-port" }, { at: "same-port" }],
  ["a port of its own", { admin: {} }, { at: "own-port", host: "127.0.0.1", port: 8081 }],
  ["all of its own", { admin: { host: "10.0.0.5", port: 9 } }, { at: "own-port", host: "10.0.0.5", port: 9 }],
];

for (const [name, server, admin] of ADDRESSES) {
  test(`the admin API, ${name}`, (t) => {
    const cwd = folderWith(t, { "sync.config.json": { ...smallest, server } });
    const { config } = load({ cwd });
    t.deepEqual(config.server.admin as unknown, admin);
  });
}

for (const admin of ["on", true, 8081, { port: "8081" }, { prt: 1 }] as const) {
  test(`server.admin ${JSON.stringify(admin)} is refused, with what is allowed`, (t) => {
    const cwd = folderWith(t, { "sync.config.json": { ...smallest, server: { admin } } });
    const problems = problemsOf({ cwd });
    t.is(problems.length, 1);
    t.regex(problems[0]?.path ?? "", /^server\.admin/);
    t.regex(problems[0]?.message ?? "", /same-port|must be a number|unknown key "prt"/);
  });
}
