import { msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/brand.ts";
import type { Status } from "../../engine/status.ts";
import type { PlanStyle } from "../../planning/plan-style.ts";
import { splitWayOut } from "../../planning/hold-words.ts";
import { counted } from "../../planning/rendering/change-words.ts";
import { safeText } from "../../planning/rendering/safe-text.ts";
import { ago, durationWords } from "../ago.ts";
import { useServices, withConfig, type AddCommand } from "../command.ts";
import { approvableOf } from "../run-words.ts";
import { planStyle } from "../style.ts";
import { renderTable } from "../table.ts";
import { documentText } from "../json-document.ts";

const HELD_SHOWN = 10;

/** `status`: health, what is staged, waiting, held and failing, and the last runs. */
export const statusCommand: AddCommand = (parent, toolbox) => {
  withConfig(parent.command("status"))
    .description("health, what is staged, waiting, held and failing, and the last runs")
    .option("--json", "prints JSON")
    .action(async (options: { config?: string; json?: boolean }) => {
      const { terminal, ambient } = toolbox;
      await useServices(toolbox, options.config, async (services) => {
        const status = await services.status();
        if (options.json === true) return terminal.print(documentText("status", status));
        for (const section of sections(status, ambient.clock.now(), planStyle(terminal))) terminal.print(section);
      });
    });
};

function* sections(status: Status, now: Instant, style: PlanStyle): Generator<string> {
  const { health, store, mappingVersion, linked } = status;
  yield style.title(`Health ${health.status}`);
  yield renderTable(
    [],
    health.components.map(({ component, status: state, detail }) => [`  ${component}`, state, detail]),
  );
  yield `  mapping ${mappingVersion === null ? "not saved yet" : `v${mappingVersion}`} · ${linked} linked · ${store.location}`;
  yield "";
  yield style.title("Staged");
  yield renderTable(
    ["  DIRECTORY", "ACTIVE", "INACTIVE", "DELETED", "LAST PUSH"],
    status.staged.map(({ directory, active, inactive, deleted, lastPushAt }) => [
      `  ${directory}`,
      String(active),
      String(inactive),
      String(deleted),
      ago(lastPushAt, now),
    ]),
  );
  yield* troubles(status, now, style);
  if (status.runs.length === 0) return;
  yield "";
  yield style.title("Last runs");
  yield renderTable(
    ["  STARTED", "LANE", "BY", "OUTCOME", "PLAN"],
    status.runs.map((run) => [
      `  ${ago(run.startedAt, now)}`,
      run.lane,
      run.trigger,
      run.outcome ?? "under way",
      approvableOf(run) ?? "–",
    ]),
  );
}

function* troubles(
  { alerts, held, delayed, waiting, failing }: Status,
  now: Instant,
  style: PlanStyle,
): Generator<string> {
  if (alerts.length > 0) {
    yield "";
    yield style.held(`Alerts: ${alerts.length}`);
    for (const { key, title, since } of alerts) yield safeText(`  ${key}: ${title} (seen first ${ago(since, now)})`);
  }
  if (held.total > 0) {
    yield "";
    yield style.held(`Held: ${held.total}`);
    yield* heldGroups(held);
  }
  if (delayed.total > 0) {
    yield "";
    yield style.muted(`Waiting for their time: ${delayed.total}`);
    yield* heldGroups(delayed);
  }
  if (waiting.length > 0) {
    yield "";
    yield style.held(`Waiting for a seat: ${waiting.length}`);
    for (const { place, label, seat, reason } of waiting.slice(0, HELD_SHOWN))
      yield safeText(`  ${place}. ${label}  ${seat}: ${reason}`);
  }
  if (failing.length > 0) {
    yield "";
    yield style.remove(`Failing: ${failing.length}`);
    for (const { label, attempts, nextAt, message } of failing.slice(0, HELD_SHOWN)) {
      const next = nextAt > now ? `in ${durationWords(msBetween(now, nextAt))}` : "now";
      yield safeText(`  ${label}  ${message} (${counted(attempts, "attempt")}, next ${next})`);
    }
  }
}

function* heldGroups({ total, groups }: Status["held"]): Generator<string> {
  const shown = groups.slice(0, HELD_SHOWN);
  for (const { hold, detail, people, labels } of shown) {
    const others = people - labels.length;
    const more = others === 0 ? "" : ` and ${counted(others, "other")}`;
    const { reason, wayOut } = splitWayOut(detail);
    yield safeText(hold === "delayed" ? `  ${reason}` : `  ${hold}: ${reason}`);
    yield safeText(`    ${labels.join(", ")}${more}`);
    if (wayOut !== null) for (const way of wayOut.split("; ")) yield safeText(`    ${capitalised(way)}`);
  }
  const rest = total - shown.reduce((sum, { changes }) => sum + changes, 0);
  if (rest > 0) yield `  … and ${rest} more: \`rosterbridge plan\` shows them all.`;
}

function capitalised(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
