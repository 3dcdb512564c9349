import { Option, type Command } from "commander";
import { DIRECTORY_KINDS } from "../../config/field-faults.ts";
import { MODES } from "../../config/schema.ts";
import { UsageError } from "../../domain/errors.ts";
import { toPort } from "../port-option.ts";
import { addSeats } from "../seats-option.ts";
import { PRODUCTS, type ProductName } from "./products.ts";

/** What the flags of `init` answer beforehand; none of them takes a secret. */
export interface InitOptions {
  readonly product?: ProductName;
  readonly idp?: (typeof DIRECTORY_KINDS)[number];
  readonly domain?: readonly string[];
  readonly directory?: string;
  readonly baseUrl?: string;
  readonly tokenEnv?: string;
  readonly tokenFile?: string;
  readonly profile?: "invite" | "scim";
  readonly scimUrl?: string;
  readonly scimTokenEnv?: string;
  readonly scimTokenFile?: string;
  readonly organization?: string;
  readonly recipe?: string;
  readonly setting?: ReadonlyMap<string, string>;
  readonly settingEnv?: ReadonlyMap<string, string>;
  readonly seat?: string;
  readonly seats?: Readonly<Record<string, number>>;
  readonly protect?: readonly string[];
  readonly deleteLeavers?: true;
  readonly mode: (typeof MODES)[number];
  readonly port: number;
  readonly publicUrl?: string;
  readonly out?: string;
  readonly force?: true;
}

/** The flags, as `--help` lists them. */
export function withInitOptions(command: Command): Command {
  return withProductOptions(
    command
      .addOption(new Option("--product <name>", "the scheduling product").choices(PRODUCTS))
      .addOption(new Option("--idp <kind>", "the identity provider that pushes people").choices(DIRECTORY_KINDS))
      .option("--domain <domain>", "e-mail domain of your people, or * for any; may be repeated", addListed)
      .option("--directory <id>", "name of the connection to the identity provider; from domain and IdP without"),
  )
    .option("--protect <address>", "an account that is never shut out; may be repeated", addListed)
    .addOption(new Option("--mode <mode>", "what may be done to the product").choices(MODES).default("observe"))
    .option("--port <number>", "where the bridge listens; 0 takes any free port", toPort, 8080)
    .option("--public-url <address>", "how the identity provider reaches the bridge")
    .option("-o, --out <file>", "where it is written (else ROSTERBRIDGE_CONFIG, else ./sync.config.json)")
    .option("--force", "writes over a file that is there");
}

function withProductOptions(command: Command): Command {
  return command
    .option("--base-url <address>", "where the product is, if it does not go without saying")
    .option("--token-env <name>", "environment variable that holds the product's token")
    .option("--token-file <file>", "file that holds it instead")
    .addOption(new Option("--profile <profile>", "Calendly: how people come in").choices(["invite", "scim"]))
    .option("--scim-url <address>", "Calendly by SCIM: base URL of user provisioning")
    .option("--scim-token-env <name>", "Calendly by SCIM: environment variable that holds the provisioning token")
    .option("--scim-token-file <file>", "file that holds it instead")
    .option("--organization <id>", "Cal.com: the organisation's number; Calendly: a guard against another one's token")
    .option("--recipe <file>", "recipe: the file that describes the product")
    .option("--setting <name=value>", "recipe: a setting that is no secret; may be repeated", addPair("--setting"))
    .option("--setting-env <name=VARIABLE>", "recipe: a setting in a variable; may be repeated", addSettingEnv)
    .option("--seat <name>", "the seat of whom the mapping says nothing else")
    .option("--seats <pool=number>", "how many seats you have, where the product does not say", addSeats)
    .option("--delete-leavers", "recipe: leavers are deleted for good, where the product cannot deactivate");
}

function addListed(text: string, listed: readonly string[] = []): readonly string[] {
  return [...listed, ...text.split(",").map((part) => part.trim())];
}

/** What was typed is not repeated: it may be a secret at the wrong place. */
function addPair(flag: string) {
  return (text: string, known: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> => {
    const [, name, value] = /^([a-z][A-Za-z0-9]{0,39})=(.+)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(`${flag} takes the name of a setting and what it is, such as timezone=Europe/Berlin.`);
    return new Map([...known, [name, value]]);
  };
}

function addSettingEnv(text: string, known: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const [, name, variable] = /^([a-z][A-Za-z0-9]{0,39})=([A-Za-z_][A-Za-z0-9_]*)$/.exec(text) ?? [];
  if (name === undefined || variable === undefined)
    throw new UsageError("--setting-env takes a setting and the NAME of a variable, such as password=MY_PASSWORD.");
  return new Map([...known, [name, variable]]);
}
