import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import { abilitiesOf } from "../engine/doctor/capability-table.ts";
import { askedTooMuch } from "../engine/doctor/asked-too-much.ts";
import type { Area, Diagnosed, Diagnosis } from "../engine/doctor/diagnosis.ts";
import { mappingFindings } from "../engine/doctor/mapping-findings.ts";
import { tokenFindings } from "../engine/doctor/token-findings.ts";
import type { Config } from "../config/config.ts";
import { BridgeError, ConfigError, ConnectorError } from "../domain/errors.ts";
import { parseMapping, type MappingDocument } from "../mapping/rules.ts";
import { RESUME_COMMAND } from "../planning/hold-words.ts";
import type { Ambient } from "../ports/ambient.ts";
import type { Connector, Finding } from "../ports/connector.ts";
import type { Store } from "../ports/store.ts";
import { hasDatabase, inspectDatabase } from "../store/inspect.ts";
import { openStore } from "../store/open-store.ts";
import { clockFindings } from "./doctor-clock.ts";
import { createConnector, type ProductOptions } from "./connectors.ts";

type Configured = Config<ProductOptions>;
type Fault = NonNullable<Diagnosed["fault"]>;

/** An address that nobody can have (RFC 2606): asked for where only the way the product answers is of interest. */
const NOBODY = "nobody@rosterbridge.invalid";
const MIB = 1024 * 1024;
const LITTLE_SPACE = 512 * MIB;

/**
 * Looks at everything that an admin can mend, from the configuration to the product, and goes on as far as it can. Writes
 * nothing to the product. `load` throws ConfigError.
 */
export async function* examine(
  load: () => { readonly file: string; readonly config: Configured },
  ambient: Ambient,
  signal: AbortSignal,
): AsyncGenerator<Diagnosis> {
  let config: Configured;
  let connector: Connector;
  try {
    ({ config } = load());
    connector = createConnector(config, ambient);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { path, message } of error.problems) yield faultyConfiguration(path, message);
    return;
  }
  try {
    for (const finding of configuration(config)) yield at("configuration", finding);
    const { mapping, ignored, diagnoses } = await storeAndTokens(config, ambient);
    yield* diagnoses;
    for (const finding of await clockFindings(config.product.options, ambient.clock, signal))
      yield at("clock", finding);
    yield* product(connector, signal);
    const { capabilities, name } = connector;
    const asked = { mapping, policy: config.policy, hasSeatCounts: config.product.seats !== null };
    const tooMuch = askedTooMuch(capabilities, asked);
    if (tooMuch.length === 0) {
      const detail = "The product can do all that the mapping and the policy ask.";
      yield at("mapping", { subject: "what is asked", verdict: "good", detail });
    }
    for (const finding of [...tooMuch, ...ignored]) yield at("mapping", finding);
    yield { kind: "abilities", product: name, abilities: abilitiesOf(capabilities) };
  } finally {
    await connector.close();
  }
}

function at(area: Area, finding: Finding): Diagnosed {
  return { kind: "finding", area, ...finding };
}

function faultyConfiguration(path: string, message: string): Diagnosed {
  const detail = sentence(`${path === "" ? "The configuration cannot be used" : path}: ${message}`);
  const remedy = "Correct it, and run doctor again: nothing else could be looked at.";
  const subject = "settings";
  return { ...at("configuration", { subject, verdict: "bad", detail, remedy }), fault: "configuration" };
}

function* configuration({ file, server, policy }: Configured): Generator<Finding> {
  yield { subject: "settings", verdict: "good", detail: `${file} can be used.` };
  if (server.publicUrl?.startsWith("https:") === true) {
    yield { subject: "public address", verdict: "good", detail: `Identity providers push to ${server.publicUrl}.` };
  } else {
    const now = server.publicUrl === null ? "server.publicUrl is not set" : `server.publicUrl is ${server.publicUrl}`;
    yield {
      subject: "public address",
      verdict: "warning",
      detail: `${now}: identity providers on the internet push to https addresses only.`,
      remedy: "Put a proxy with a certificate in front, and set server.publicUrl to its https address.",
    };
  }
  if (policy.mode !== "full") {
    const detail = `mode is ${policy.mode}: ${policy.mode === "observe" ? "nothing is" : "not everything is"} written to the product.`;
    yield { subject: "mode", verdict: "warning", detail, remedy: "Set mode to full once a plan looks right." };
  }
}

/** What the store says. */
interface Stored {
  readonly mapping: MappingDocument;
  /** What the configuration says of the mapping, and has no effect. */
  readonly ignored: readonly Finding[];
  readonly diagnoses: readonly Diagnosed[];
}

/** Opens the store only where there is one already. Without it the mapping is that of the configuration. */
async function storeAndTokens(config: Configured, ambient: Ambient): Promise<Stored> {
  const { filename } = config.database;
  const initial = config.mapping.initial;
  const unsaved = { mapping: initial, ignored: [] };
  if (!(await hasDatabase(filename))) return { ...unsaved, diagnoses: [at("store", await newStore(filename))] };
  try {
    const store = await openStore({ filename, ambient });
    try {
      const diagnoses = [
        ...[...(await storeFindings(store, filename)), ...(await standingRestore(store))].map((finding) =>
          at("store", finding),
        ),
        ...(await ofTokens(config, store, ambient)).map((finding) => at("tokens", finding)),
      ];
      return { ...(await currentMapping(config, store)), diagnoses };
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    const remedy = "Mend what it says, or restore a backup; pushes are answered with 503 until then.";
    const finding: Finding = { subject: "database", verdict: "bad", detail: sentence(error.message), remedy };
    return { ...unsaved, diagnoses: [at("store", finding)] };
  }
}

async function ofTokens({ directories }: Configured, store: Store, { clock }: Ambient): Promise<readonly Finding[]> {
  const ids = directories.map(({ id }) => id);
  return tokenFindings(ids, await store.tokens.list(), clock.now());
}

async function newStore(filename: string): Promise<Finding> {
  const folder = await nearestFolder(dirname(filename));
  if (folder !== null) {
    const detail = `There is no database yet: ${filename} is made when the bridge is started.`;
    return { subject: "database", verdict: "warning", detail, remedy: "Start it: rosterbridge serve" };
  }
  const detail = `${filename} cannot be made: its folder cannot be written.`;
  const remedy = "Check the owner and the mode of the folder, or set database.filename to another place.";
  return { subject: "database", verdict: "bad", detail, remedy };
}

/** The nearest folder that exists, if it can be written; else null. */
async function nearestFolder(folder: string): Promise<string | null> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return folder;
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return isMissing && dirname(folder) !== folder ? nearestFolder(dirname(folder)) : null;
  }
}

async function storeFindings(store: Store, filename: string): Promise<readonly Finding[]> {
  const { driver, version, location } = store.describe();
  await store.probe();
  const { damage, size, free } = await inspectDatabase(filename);
  const detail = `${location} can be read and written (${driver}, SQLite ${version}, ${mebibytes(size)}), and its schema is current.`;
  const isTight = free < LITTLE_SPACE + size;
  const room = `${mebibytes(free)} are free on its disk.`;
  return [
    { subject: "database", verdict: "good", detail },
    damage === null
      ? { subject: "integrity", verdict: "good", detail: "SQLite finds no damage in the file." }
      : {
          subject: "integrity",
          verdict: "bad",
          detail: "SQLite finds damage in the file.",
          remedy: "Stop the bridge, keep a copy of the file, and restore the newest backup.",
        },
    isTight
      ? { subject: "disk", verdict: "warning", detail: room, remedy: "Make room: a full disk stops pushes." }
      : { subject: "disk", verdict: "good", detail: room },
  ];
}

async function standingRestore({ restorations }: Store): Promise<readonly Finding[]> {
  const standing = await restorations.standing();
  if (standing === null) return [];
  const detail = `The database was restored from a backup at ${standing.restoredAt}: changes are held.`;
  const remedy = `Look at \`rosterbridge plan\`, then: ${RESUME_COMMAND}`;
  return [{ subject: "restored", verdict: "warning", detail, remedy }];
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / MIB)} MiB`;
}

/** As the next run would have it; nothing is saved by looking. */
async function currentMapping({ mapping }: Configured, { mappings }: Store): Promise<Omit<Stored, "diagnoses">> {
  const current = mapping.source === "file" ? undefined : await mappings.current();
  if (current === undefined) return { mapping: mapping.initial, ignored: [] };
  const first = (await mappings.find(1)) ?? current;
  return { mapping: parseMapping(current.document), ignored: mappingFindings(mapping.initial, { first, current }) };
}

async function* product(connector: Connector, signal: AbortSignal): AsyncGenerator<Diagnosed> {
  let fault: Fault | null | undefined;
  for await (const finding of connector.diagnose(signal)) {
    if (finding.verdict !== "bad") {
      yield at("product", finding);
      continue;
    }
    // What a finding is about is in its words; what kind of fault it is shows when the product is asked for somebody.
    if (fault === undefined) fault = await faultOf(connector, finding, signal);
    yield { ...at("product", finding), ...(fault === null ? {} : { fault }) };
  }
}

async function faultOf(connector: Connector, { subject }: Finding, signal: AbortSignal): Promise<Fault | null> {
  try {
    await connector.find({ email: NOBODY }, signal);
    return /\bcredentials\b|\brights\b/.test(subject) ? "auth" : null;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return error.reason === "auth" ? "auth" : error.retryable ? "unreachable" : null;
  }
}

function sentence(text: string): string {
  return /[.?]$/.test(text) ? text : `${text}.`;
}
