/** What the pages say about the image, held against the Dockerfile. Nothing is built: tests have no Docker. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isJsonArray, isJsonObject } from "../../src/domain/json.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { exampleSettings, ROOT } from "./pages.ts";
import { faultOf } from "./program-check.ts";
import { variablesIn } from "./settings-part.ts";

const DOCKERFILE = readFileSync(join(ROOT, "Dockerfile"), "utf8");
/** The name under which the pages build the image. */
const TAG = "rosterbridge";
/** Options that stand alone, and options with a value, as Docker has them. */
const SWITCHES = new Set(["--detach", "--init", "--read-only", "--rm", "--interactive", "--tty", "-d", "-it"]);
const VALUED =
  /^(?:--(?:name|restart|tmpfs|cap-drop|security-opt|volume|publish|env|env-file|user|network|tag|build-arg|health-cmd|memory|stop-timeout|file)|-[vpetf])$/;
const OTHER_COMMANDS = new Set(["logs", "stop", "start", "restart", "pull", "ps", "inspect"]);
/** Keys of a service that the pages use, as the Compose specification has them. */
const SERVICE_KEYS = new Set(
  "image build network_mode init restart stop_grace_period read_only tmpfs cap_drop security_opt environment volumes secrets ports user depends_on command healthcheck mem_limit".split(
    " ",
  ),
);

const ENTRYPOINT = JSON.parse(instruction("ENTRYPOINT")) as readonly string[];

/** What an instruction of the last stage says; the last one counts. */
function instruction(name: string): string {
  return [...DOCKERFILE.matchAll(new RegExp(`^${name} (.*)$`, "gm"))].at(-1)?.[1] ?? "";
}

/** Whether the program, or the image, reads this environment variable: by the shipped configuration, or by itself. */
export function isRead(name: string, settings: JsonValue = exampleSettings()): boolean {
  return (
    /^(?:ROSTERBRIDGE_CONFIG|NODE_OPTIONS|MALLOC_ARENA_MAX|NO_COLOR|TZ)$/.test(name) ||
    variablesIn(settings).includes(name)
  );
}

/** What is wrong with the words after `docker`; null when nothing is. */
export function faultOfDocker([command = "", ...args]: readonly string[]): string | null {
  if (command === "build") return faultOfBuild(args);
  if (command === "run") return faultOfRun(args);
  if (command === "exec") return faultOfExec(args);
  if (command === "compose" || OTHER_COMMANDS.has(command)) return null;
  return `nobody here knows docker ${command}: teach test/docs/docker.ts what it is`;
}

function faultOfBuild(args: readonly string[]): string | null {
  const { options, rest } = split(args);
  if (options === null) return `an unknown option in ${args.join(" ")}`;
  if (options.some(([name, value]) => name === "--tag" && value !== TAG)) return `the pages call the image ${TAG}`;
  return existsSync(join(ROOT, rest[0] ?? "", "Dockerfile")) ? null : "there is no Dockerfile";
}

function faultOfRun(args: readonly string[]): string | null {
  const { options, rest } = split(args);
  if (options === null) return `an unknown option in ${args.join(" ")}`;
  if (rest[0] !== TAG) return `${rest[0] ?? "nothing"} is not the image that the pages build`;
  if (rest.length > 1) return faultOf(rest.slice(1));
  for (const [name, value] of options) {
    if (name === "--volume" && !isMounted(value)) return `nothing in the image is at ${value}`;
    if (name === "--publish" && value.split(":").at(-1) !== instruction("EXPOSE")) return `${value} is not exposed`;
    if (name === "--env" && !isRead(value.split("=")[0] ?? "")) return `nobody reads ${value}`;
  }
  return null;
}

function faultOfExec(args: readonly string[]): string | null {
  const { options, rest } = split(args);
  if (options === null) return `an unknown option in ${args.join(" ")}`;
  const [container, ...command] = rest;
  if (container !== TAG) return `no container of the pages is called ${container ?? ""}`;
  const program = command.slice(0, ENTRYPOINT.length);
  if (program.join(" ") !== ENTRYPOINT.join(" ")) return `the image starts its program by ${ENTRYPOINT.join(" ")}`;
  return faultOf(command.slice(ENTRYPOINT.length));
}

/** Options with their values, and what comes after them; `options` is null where one is not known. */
function split(args: readonly string[]) {
  const options: [string, string][] = [];
  const left = [...args];
  while (left[0]?.startsWith("-") === true) {
    const [name = "", given] = (left.shift() ?? "").split(/=(.*)/);
    if (SWITCHES.has(name)) options.push([name, ""]);
    else if (VALUED.test(name)) options.push([name, given ?? left.shift() ?? ""]);
    else return { options: null, rest: left };
  }
  return { options, rest: left };
}

/** A volume goes to where the image writes, or brings a configuration. */
function isMounted(volume: string): boolean {
  const target = volume.split(":")[1] ?? "";
  return target === instruction("VOLUME") || target.endsWith("sync.config.json");
}

/** What is wrong with a compose file: what the service of the bridge names must be declared, mounted or read. */
export function faultsOfCompose(document: JsonObject): readonly string[] {
  const services = isJsonObject(document["services"]) ? document["services"] : {};
  const { [TAG]: bridge } = services;
  if (!isJsonObject(bridge)) return [`there is no service ${TAG}`];
  const volumes = texts(bridge["volumes"]);
  const environment = isJsonObject(bridge["environment"]) ? bridge["environment"] : {};
  const config = environment["ROSTERBRIDGE_CONFIG"];
  const network = /^service:(.+)$/.exec(typeof bridge["network_mode"] === "string" ? bridge["network_mode"] : "");
  const named = volumes.map((volume) => volume.split(":")[0] ?? "").filter((source) => /^[\w-]+$/.test(source));
  return [
    ...Object.keys(bridge)
      .filter((key) => !SERVICE_KEYS.has(key))
      .map((key) => `a service has no ${key}`),
    ...Object.keys(environment)
      .filter((name) => !isRead(name))
      .map((name) => `nobody reads ${name}`),
    ...named.filter((name) => !has(document["volumes"], name)).map((name) => `the volume ${name} is not declared`),
    ...texts(bridge["secrets"])
      .filter((name) => !has(document["secrets"], name))
      .map((name) => `the secret ${name} is not declared`),
    ...(config !== undefined && !volumes.some((volume) => volume.split(":")[1] === config)
      ? [`nothing is mounted at ${JSON.stringify(config)}`]
      : []),
    ...(volumes.some((volume) => volume.split(":")[1] === instruction("VOLUME")) ? [] : ["the data has no volume"]),
    ...(network !== null && !has(services, network[1] ?? "") ? ["network_mode names no service"] : []),
    ...(bridge["build"] === undefined || existsSync(join(ROOT, "Dockerfile")) ? [] : ["there is no Dockerfile"]),
  ];
}

function has(value: JsonValue | undefined, name: string): boolean {
  return isJsonObject(value) && Object.hasOwn(value, name);
}

function texts(value: JsonValue | undefined): readonly string[] {
  return isJsonArray(value) ? value.filter((one) => typeof one === "string") : [];
}
