/** Reads the reverse proxies of the pages far enough to say which path goes where. */

/** A proxy as its text says it is. */
export interface Proxy {
  /** Where a path of a request is sent: an address such as `127.0.0.1:8080`; null when it is not forwarded. */
  readonly upstreamOf: (path: string) => string | null;
  /** The largest body that it lets through; bytes. */
  readonly largestBody: number;
  /** How long it waits for an answer; milliseconds. */
  readonly patience: number;
  /** The host that it answers for. */
  readonly host: string;
}

/** A directive with its words, and what stands in its braces. */
interface Directive {
  readonly words: readonly string[];
  readonly inside: readonly Directive[];
}

/** Directives that the examples use; another one has to be looked up before it is added here. */
const NGINX = new Set(
  "server listen http2 server_name ssl_certificate ssl_certificate_key ssl_protocols client_max_body_size proxy_http_version proxy_set_header proxy_read_timeout proxy_pass location return log_format access_log".split(
    " ",
  ),
);
const CADDY = new Set(
  "handle request_body max_size reverse_proxy transport response_header_timeout respond".split(" "),
);

const SIZES: Readonly<Record<string, number>> = { m: 2 ** 20, MB: 10 ** 6, MiB: 2 ** 20 };

/** Reads an nginx file. Throws for a directive that is not known here. */
export function nginxProxy(text: string): Proxy {
  const all = directives(text, /[{};]/);
  demandKnown(all, NGINX);
  const server = one(all, "server");
  const locations = server.inside.filter(({ words }) => words[0] === "location");
  const exact = (path: string) => locations.find(({ words }) => words[1] === "=" && words[2] === path);
  // The longest prefix counts: https://nginx.org/en/docs/http/ngx_http_core_module.html#location
  const prefix = (path: string) =>
    locations
      .filter(({ words }) => words.length === 2 && path.startsWith(words[1] ?? ""))
      .toSorted((a, b) => (b.words[1] ?? "").length - (a.words[1] ?? "").length)[0];
  return {
    upstreamOf(path) {
      const passed = (exact(path) ?? prefix(path))?.inside.find(({ words }) => words[0] === "proxy_pass");
      return passed?.words[1]?.replace(/^http:\/\//, "") ?? null;
    },
    largestBody: bytes(one(server.inside, "client_max_body_size").words[1] ?? ""),
    patience: seconds(one(server.inside, "proxy_read_timeout").words[1] ?? ""),
    host: one(server.inside, "server_name").words[1] ?? "",
  };
}

/** Reads a Caddyfile with one site. Throws for a directive that is not known here. */
export function caddyProxy(text: string): Proxy {
  const [site, ...others] = directives(text.replaceAll(/\n/g, ";\n"), /[{};]/);
  if (site === undefined || others.length > 0) throw new Error("There is not one site.");
  const matchers = site.inside.filter(({ words }) => words[0]?.startsWith("@"));
  demandKnown(
    site.inside.filter((each) => !matchers.includes(each)),
    CADDY,
  );
  const handles = site.inside.filter(({ words }) => words[0] === "handle");
  const chosen = (path: string) => handles.find(({ words }) => words[1] === undefined || isMatched(words[1], path));
  const isMatched = (name: string, path: string): boolean => {
    const patterns = matchers.find(({ words }) => words[0] === name && words[1] === "path")?.words.slice(2) ?? [];
    return patterns.some((one) => (one.endsWith("*") ? path.startsWith(one.slice(0, -1)) : path === one));
  };
  const forwarding = handles.find(({ inside }) => inside.some(({ words }) => words[0] === "reverse_proxy"));
  const found = (name: string): string => find(forwarding?.inside ?? [], name)?.words[1] ?? "";
  return {
    upstreamOf: (path) => chosen(path)?.inside.find(({ words }) => words[0] === "reverse_proxy")?.words[1] ?? null,
    largestBody: bytes(found("max_size")),
    patience: seconds(found("response_header_timeout")),
    host: site.words[0] ?? "",
  };
}

/** Both kinds of file are words that end in `;` or open braces. */
function directives(text: string, sign: RegExp): readonly Directive[] {
  const tokens = text.replaceAll(/(?:^|\s)#.*$/gm, "").match(/"[^"]*"|'[^']*'|[{};]|[^\s{};]+/g);
  const left = [...(tokens ?? [])];
  const read = (): Directive[] => {
    const found: Directive[] = [];
    let words: string[] = [];
    for (let token = left.shift(); token !== undefined && token !== "}"; token = left.shift()) {
      if (!sign.test(token) || token.length > 1) words.push(token);
      else {
        if (words.length > 0) found.push({ words, inside: token === "{" ? read() : [] });
        words = [];
      }
    }
    if (words.length > 0) throw new Error(`"${words.join(" ")}" has no end.`);
    return found;
  };
  return read();
}

function demandKnown(all: readonly Directive[], known: ReadonlySet<string>): void {
  for (const { words, inside } of all) {
    if (!known.has(words[0] ?? "")) throw new Error(`${words[0] ?? ""}: teach test/docs/proxy.ts what this does.`);
    demandKnown(inside, known);
  }
}

function one(all: readonly Directive[], name: string): Directive {
  const [found, ...others] = all.filter(({ words }) => words[0] === name);
  if (found === undefined || others.length > 0) throw new Error(`There is not one ${name}.`);
  return found;
}

function find(all: readonly Directive[], name: string): Directive | undefined {
  for (const each of all) {
    const found = each.words[0] === name ? each : find(each.inside, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function bytes(text: string): number {
  const [, count = "", unit = ""] = /^(\d+)(\w+)$/.exec(text) ?? [];
  return Number(count) * (SIZES[unit] ?? Number.NaN);
}

function seconds(text: string): number {
  return Number(/^(\d+)s$/.exec(text)?.[1]) * 1_000;
}
