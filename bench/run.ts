import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { UsageError } from "../src/domain/errors.ts";
import { createCompanies, type Companies } from "./company.ts";
import { duration, type Section } from "./figure.ts";
import { measureFullRuns } from "./full-run.ts";
import { measureIdpLoad } from "./idp-load.ts";
import { measureLeavers } from "./leavers.ts";
import { measureMappingPreview } from "./mapping-preview.ts";
import { HELP, parseOptions, type Options, type SuiteName } from "./options.ts";
import { measurePushLane } from "./push-lane.ts";
import { measureRateLimit } from "./rate-limit.ts";
import { measureStartStop } from "./start-stop.ts";
import { renderTable } from "./table.ts";

// Measures what product.md section 13 asks for. Figures only: nothing here fails because something is slow, only because
// something is wrong (another status, a change where there should be none, a process that ends badly).

const MEASURES: Readonly<Record<SuiteName, (companies: Companies, options: Options) => Promise<Section>>> = {
  "idp-load": measureIdpLoad,
  "full-run": measureFullRuns,
  "mapping-preview": measureMappingPreview,
  "push-lane": measurePushLane,
  leavers: measureLeavers,
  "rate-limit": measureRateLimit,
  "start-stop": measureStartStop,
};

async function measure(options: Options): Promise<void> {
  if (options.profileTo !== null) await mkdir(options.profileTo, { recursive: true });
  const startMs = performance.now();
  const othersLoad = loadavg()[0] ?? 0;
  const folder = await mkdtemp(join(tmpdir(), "rosterbridge-bench-"));
  const settled = { ...options, profileTo: options.profileTo === null ? null : resolve(options.profileTo) };
  try {
    const companies = createCompanies(folder);
    const sections: Section[] = [];
    for (const suite of options.suites) {
      const suiteMs = performance.now();
      process.stderr.write(`${suite} … `);
      sections.push(await MEASURES[suite](companies, settled));
      process.stderr.write(`${duration(performance.now() - suiteMs)}\n`);
    }
    if (options.json)
      return console.log(JSON.stringify({ cores: availableParallelism(), othersLoad, sections }, null, 2));
    console.log(`\n${renderTable(sections).join("\n")}`);
    console.log(
      `${availableParallelism()} cores; load of others at the start ${othersLoad.toFixed(1)}; took ${duration(performance.now() - startMs)}.`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === null) console.log(HELP);
  else await measure(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${HELP}`);
  process.exitCode = 64;
}
