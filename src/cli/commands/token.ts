import { Option, type Command } from "commander";
import { parseDuration } from "../../lib/duration.ts";
import type { DirectoryId } from "../../domain/directory.ts";
import { UsageError } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { TokenRequest } from "../../engine/tokens.ts";
import type { TokenRecord, TokenScope } from "../../ports/tokens.ts";
import { useServices, withConfig, type AddCommand } from "../command.ts";
import { renderTable } from "../table.ts";
import type { Toolbox } from "../toolbox.ts";
import { documentText, listText } from "../json-document.ts";

const LONGEST_MS = 36_500 * 86_400_000;

interface CreateOptions {
  readonly config?: string;
  readonly directory?: string;
  readonly scope?: TokenScope;
  readonly expires?: string;
  readonly json?: boolean;
}

/** `token create|list|rotate|revoke`. */
export const tokenCommand: AddCommand = (parent, toolbox) => {
  const token = parent.command("token").description("bearer tokens of IdPs and admins");
  addCreate(token, toolbox);
  addList(token, toolbox);
  addRotate(token, toolbox);
  addRevoke(token, toolbox);
};

function addCreate(token: Command, toolbox: Toolbox): void {
  withConfig(token.command("create"))
    .description("makes a token and shows it once: --directory for an IdP, or --scope for people and programs")
    .option("-d, --directory <id>", "the directory that the IdP pushes to")
    .addOption(
      new Option("-s, --scope <scope>", "what it may do instead").choices(["admin", "read", "metrics", "health"]),
    )
    .option("-e, --expires <time>", "how long it is good for, such as 90d; for ever without")
    .option("--json", "prints JSON")
    .action(async (options: CreateOptions) => {
      const request = toRequest(options, toolbox.loadSettings(options.config).directories);
      await useServices(toolbox, options.config, async (services) => {
        const { token: secret, record } = await services.tokens.create(request);
        show(toolbox, secret, record, options.json === true);
      });
    });
}

function show(
  { terminal }: Toolbox,
  secret: string,
  record: TokenRecord,
  asJson: boolean,
  more: JsonObject = {},
): void {
  const { id, scope, directory, expiresAt } = record;
  if (asJson) return terminal.print(documentText("token", { token: secret, id, scope, directory, expiresAt, ...more }));
  // The secret alone on standard output, so that a script can take it; the rest is for people.
  terminal.print(secret);
  terminal.warn(
    `Token ${id} for ${directory === null ? `scope ${scope}` : `directory ${directory}`}, ${expiry(record)}.`,
  );
  const where =
    directory === null ? "keep it where you keep secrets" : "paste it into the IdP, or keep it where you keep secrets";
  terminal.warn(`It is shown this once: ${where}.`);
}

function toRequest(options: CreateOptions, directories: readonly DirectoryId[]): TokenRequest {
  const { directory, scope, expires } = options;
  const expiresInMs = expires === undefined ? null : toTime("--expires", expires);
  if ((directory === undefined) === (scope === undefined)) {
    throw new UsageError(
      "Say whom the token is for: either --directory <id> (an IdP) or --scope admin|read|metrics|health.",
    );
  }
  if (directory === undefined) return { scope: scope ?? "read", directory: null, expiresInMs, author: "cli" };
  const known = directories.find((id) => id === directory);
  if (known === undefined)
    throw new UsageError(`There is no directory "${directory}": the configuration has ${directories.join(", ")}.`);
  return { scope: "scim", directory: known, expiresInMs, author: "cli" };
}

/** Milliseconds. Throws UsageError. */
function toTime(option: string, text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms > 0 && ms <= LONGEST_MS) return ms;
  throw new UsageError(`${option} ${text} is no time up to 100 years: write it as 90d, 12h or 30m.`);
}

interface RotateOptions {
  readonly config?: string;
  readonly overlap?: string;
  readonly expires?: string;
  readonly json?: boolean;
}

function addRotate(token: Command, toolbox: Toolbox): void {
  withConfig(token.command("rotate"))
    .description("makes another token for the same, shows it once, and ends this one: at once, or after an overlap")
    .argument("<id>", "as `token list` shows it")
    .option("--overlap <time>", "how long both are good, such as 1h: time to give the new one to the IdP")
    .option("-e, --expires <time>", "how long the new one is good for; as long as the old one was meant to be without")
    .option("--json", "prints JSON")
    .action(async (id: string, { config, overlap, expires, json }: RotateOptions) => {
      const rotation = {
        overlapMs: overlap === undefined ? 0 : toTime("--overlap", overlap),
        expiresInMs: expires === undefined ? undefined : toTime("--expires", expires),
        author: "cli",
      };
      await useServices(toolbox, config, async (services) => {
        const { token: secret, record, previous } = await services.tokens.rotate(id, rotation);
        const { id: replaced, expiresAt, revokedAt } = previous;
        const endsAt = revokedAt ?? expiresAt;
        show(toolbox, secret, record, json === true, { replaces: { id: replaced, endsAt } });
        if (json === true) return;
        const end = revokedAt === null ? `is good until ${endsAt}` : "is good no more";
        toolbox.terminal.warn(`The old one, ${replaced}, ${end}.`);
      });
    });
}

function addList(token: Command, toolbox: Toolbox): void {
  withConfig(token.command("list"))
    .description("the tokens, without what is secret about them")
    .option("--json", "prints JSON")
    .action(async (options: { config?: string; json?: boolean }) => {
      await useServices(toolbox, options.config, async (services) => {
        const records = await services.tokens.list();
        toolbox.terminal.print(options.json === true ? toJson(records) : toTable(records, toolbox.ambient.clock.now()));
      });
    });
}

function addRevoke(token: Command, toolbox: Toolbox): void {
  withConfig(token.command("revoke"))
    .description("ends a token at once")
    .argument("<id>", "as `token list` shows it")
    .action(async (id: string, options: { config?: string }) => {
      await useServices(toolbox, options.config, async (services) => {
        await services.tokens.revoke(id, "cli");
        toolbox.terminal.print(`Token ${id} is revoked.`);
      });
    });
}

function toJson(records: readonly TokenRecord[]): string {
  return listText(records.map(({ hash: _hash, ...shown }) => shown));
}

function toTable(records: readonly TokenRecord[], now: string): string {
  if (records.length === 0) return "No tokens yet: `rosterbridge token create --directory ID` makes one.";
  const rows = records.map((record) => [
    record.id,
    record.directory ?? record.scope,
    record.createdAt,
    stateOf(record, now),
    record.lastUsedAt ?? "never",
  ]);
  return renderTable(["ID", "FOR", "CREATED", "STATE", "LAST USED"], rows);
}

function stateOf(record: TokenRecord, now: string): string {
  const { revokedAt, expiresAt, replacedBy } = record;
  const isOver = expiresAt !== null && expiresAt <= now;
  const state = revokedAt !== null ? "revoked" : isOver ? "expired" : expiry(record);
  return replacedBy === null ? state : `${state}, replaced by ${replacedBy}`;
}

function expiry({ expiresAt }: TokenRecord): string {
  return expiresAt === null ? "does not expire" : `good until ${expiresAt}`;
}
