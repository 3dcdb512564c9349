import { startServer } from "./children.ts";
import { startProduct, type Companies, type Place } from "./company.ts";
import { startDaemonProcess, type DaemonProcess } from "./daemon.ts";
import { count, duration, figure, megabytes, perSecond, times, type Figure, type Section } from "./figure.ts";
import { measureGroupPush } from "./group-push.ts";
import { askOnce, sendLoad, type LoadOptions, type LoadRequest, type LoadResult } from "./load.ts";
import type { Options } from "./options.ts";
import { personAt, toPost } from "./people.ts";
import { createRandom } from "./statistics.ts";
import { measureInserts, measureParse, measureSelects, type Floor } from "./store-floor.ts";

const CONNECTIONS = 16;
const PAGE = 100;
const GROUP_MEMBERS = 10_000;
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

interface Floors {
  readonly httpGet: LoadResult;
  readonly httpPost: LoadResult;
  readonly insertEach: Floor;
  readonly insertGrouped: Floor;
  readonly select: Floor;
  readonly parse: Floor;
}

interface Loads {
  readonly filter: LoadResult;
  readonly get: LoadResult;
  readonly page: LoadResult;
  readonly patchName: LoadResult;
  readonly patchActive: LoadResult;
  readonly post: LoadResult;
  /** A PATCH that adds ten thousand members to a group; milliseconds. */
  readonly groupPushMs: number;
  readonly residentBytes: number;
  /** One page of a hundred, as it was sent. */
  readonly pageText: string;
}

/** What an IdP sends, to the daemon in a process of its own, and the floors of HTTP and of the store beside it. */
export async function measureIdpLoad(companies: Companies, options: Options): Promise<Section> {
  const { staged, loadMs } = options;
  const product = await startProduct(staged);
  try {
    const settings = { productUrl: product.url };
    const loads = await loadDaemon(await companies.place("idp-load", staged, settings), options);
    const busy = { ...settings, mode: "observe", debounce: "500ms" } as const;
    const atWork = await postWhileReconciling(await companies.place("idp-load-busy", staged, busy), options);
    const floors = await measureFloors(
      await companies.place("idp-load-floor", staged, settings),
      loads.pageText,
      options,
    );
    return toSection(loads, atWork, floors, staged, loadMs);
  } finally {
    await product.stop();
  }
}

async function loadDaemon(place: Place, { staged, loadMs, profileTo, rounds }: Options): Promise<Loads> {
  const daemon = await startDaemonProcess(place, profileTo);
  await daemon.firstRun();
  const send = sender(daemon, place, loadMs);
  const random = createRandom(2);
  const anybody = () => personAt(Math.floor(random() * staged));
  const filter = await send(200, () =>
    get(`/Users?filter=${encodeURIComponent(`userName eq "${anybody().userName}"`)}`),
  );
  const byId = await send(200, () => get(`/Users/${anybody().id}`));
  const pages = Math.floor(staged / PAGE);
  const page = await send(200, (number) => get(pagePath(number % pages)));
  const patchName = await send(200, (number) =>
    patch(number % staged, [{ op: "replace", path: "displayName", value: `Renamed ${number}` }]),
  );
  const patchActive = await send(200, (number) =>
    patch(number % staged, [{ op: "replace", value: { active: Math.floor(number / staged) % 2 === 1 } }]),
  );
  const post = await send(201, (number) => postOf(staged + number));
  const residentBytes = await daemon.residentBytes();
  const target = { url: daemon.url, headers: headersOf(place) };
  const { body: pageText } = await askOnce(target, get(pagePath(0)));
  const groupPushMs = await measureGroupPush(target, Math.min(GROUP_MEMBERS, staged), rounds);
  await daemon.stop();
  return { filter, get: byId, page, patchName, patchActive, post, groupPushMs, residentBytes, pageText };
}

/** The same POSTs while the push lane looks at those who came before. Mode `observe`: it plans, and writes nothing. */
async function postWhileReconciling(place: Place, { staged, loadMs, profileTo }: Options): Promise<LoadResult> {
  const daemon = await startDaemonProcess(place, profileTo);
  await daemon.firstRun();
  const result = await sender(daemon, place, loadMs)(201, (number) => postOf(staged + number));
  await daemon.stop();
  return result;
}

async function measureFloors(place: Place, pageText: string, { staged, loadMs }: Options): Promise<Floors> {
  const empty = await startServer("empty-server.ts", null);
  const common = { url: empty.url, cpuMs: empty.cpuMs, connections: CONNECTIONS, durationMs: loadMs / 2, headers: {} };
  try {
    const httpGet = await sendLoad({ ...common, status: 200, next: () => ({ method: "GET", path: "/empty" }) });
    const body = toPost(personAt(0));
    const httpPost = await sendLoad({ ...common, status: 201, next: () => ({ method: "POST", path: "/empty", body }) });
    const select = await measureSelects(place.storeFile, staged, loadMs / 2);
    const inserts = await measureInserts(place.storeFile, staged, loadMs / 2);
    const parse = measureParse(pageText, loadMs / 4);
    return { httpGet, httpPost, select, parse, insertEach: inserts.each, insertGrouped: inserts.grouped };
  } finally {
    await empty.stop();
  }
}

function sender(
  { url, cpuMs }: DaemonProcess,
  place: Place,
  durationMs: number,
): (status: number, next: LoadOptions["next"]) => Promise<LoadResult> {
  return (status, next) =>
    sendLoad({ url, cpuMs, connections: CONNECTIONS, durationMs, headers: headersOf(place), status, next });
}

function headersOf({ token }: Place): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}`, "content-type": "application/scim+json" };
}

function get(path: string): LoadRequest {
  return { method: "GET", path: `/scim/v2${path}` };
}

function pagePath(page: number): string {
  return `/Users?startIndex=${page * PAGE + 1}&count=${PAGE}`;
}

function patch(index: number, operations: readonly unknown[]): LoadRequest {
  const body = { schemas: [PATCH], Operations: operations };
  return { method: "PATCH", path: `/scim/v2/Users/${personAt(index).id}`, body };
}

function postOf(index: number): LoadRequest {
  return { method: "POST", path: "/scim/v2/Users", body: toPost(personAt(index)) };
}

function toSection(loads: Loads, atWork: LoadResult, floors: Floors, staged: number, loadMs: number): Section {
  const koaGet = floors.httpGet.perSecond;
  const koaPost = floors.httpPost.perSecond;
  const besideInserts = ({ perSecond: rate }: LoadResult): string =>
    `${times(rate, koaPost, "Koa")}, ${times(rate, floors.insertEach.perSecond, "commit each")}, ${times(rate, floors.insertGrouped.perSecond, "grouped")}`;
  const besideSelect = ({ perSecond: rate }: LoadResult): string =>
    `${times(rate, koaGet, "Koa")}, ${times(rate, floors.select.perSecond, "knex select")}`;
  const line = (what: string, result: LoadResult, goal: number | null, ratio: string, maxP99 = Infinity): Figure =>
    figure(what, perSecond(result.perSecond), {
      p50: result.p50,
      p99: result.p99,
      cpuUs: result.cpuUs,
      ratio,
      ...(goal === null
        ? {}
        : {
            goal: `≥ ${perSecond(goal)}${maxP99 === Infinity ? "" : `, p99 < ${maxP99} ms`}`,
            isMet: result.perSecond >= goal && result.p99 < maxP99,
          }),
    });
  const floor = (what: string, { perSecond: rate, cpuUs, ...rest }: Floor & Partial<LoadResult>): Figure =>
    figure(`floor: ${what}`, perSecond(rate), { ...rest, cpuUs });
  return {
    title: `An IdP's load: ${staged.toLocaleString("en-US")} people staged, ${CONNECTIONS} connections, ${loadMs / 1_000} s each`,
    figures: [
      line("POST a user, durable", loads.post, 2_500, besideInserts(loads.post), 25),
      line("the same while the push lane plans", atWork, null, besideInserts(atWork)),
      line("PATCH displayName", loads.patchName, 2_500, besideInserts(loads.patchName)),
      line("PATCH active", loads.patchActive, 2_500, besideInserts(loads.patchActive)),
      line("filter userName eq", loads.filter, 4_000, besideSelect(loads.filter)),
      line("GET by id", loads.get, 4_000, besideSelect(loads.get)),
      line(
        `page of ${PAGE}`,
        loads.page,
        400,
        times(loads.page.perSecond, floors.parse.perSecond, "JSON.parse of the page"),
      ),
      figure(
        `PATCH adding ${count(Math.min(GROUP_MEMBERS, staged))} members to a group`,
        duration(loads.groupPushMs),
        staged < GROUP_MEMBERS ? {} : { goal: "< 1 s", isMet: loads.groupPushMs < 1_000 },
      ),
      figure("resident memory after it", megabytes(loads.residentBytes)),
      floor("empty Koa route, GET", floors.httpGet),
      floor("empty Koa route, POST", floors.httpPost),
      floor("knex, one commit a person", floors.insertEach),
      floor(`knex, ${CONNECTIONS} people a commit`, floors.insertGrouped),
      floor("knex, select by id", floors.select),
      floor(`JSON.parse of a page of ${PAGE}`, floors.parse),
    ],
    notes: [],
  };
}
