import { safeJson } from "../../planning/rendering/safe-text.ts";
import { withConfig, type AddCommand } from "../command.ts";

/** `config show|schema`. */
export const configCommand: AddCommand = (parent, toolbox) => {
  const { terminal } = toolbox;
  const config = parent.command("config").description("the configuration");
  withConfig(config.command("show"))
    .description("the settings in effect as JSON, defaults filled in, secrets masked")
    .option("--json", "JSON (this command always prints it)")
    .action((options: { config?: string }) => {
      terminal.print(safeJson(toolbox.loadSettings(options.config).printable, 2));
    });
  config
    .command("schema")
    .description("the JSON Schema of the configuration file, for editors")
    .action(() => terminal.print(JSON.stringify(toolbox.configSchema(), null, 2)));
};
