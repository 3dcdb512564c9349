import { resolve } from "node:path";
import { webAddressFault } from "../../config/field-faults.ts";
import type { AddCommand } from "../command.ts";
import { createAsk, type Ask } from "../init/ask.ts";
import { closingLines } from "../init/closing.ts";
import { compose, type Answers } from "../init/compose.ts";
import { askDirectory, protectedOf } from "../init/directory-part.ts";
import { withInitOptions, type InitOptions } from "../init/options.ts";
import { askProduct } from "../init/product-part.ts";
import { PRODUCTS, TRAITS, type ProductName } from "../init/products.ts";
import { refuseUnfit, save } from "../init/save.ts";
import type { Toolbox } from "../toolbox.ts";

const USUAL_FILE = "sync.config.json";

/** `init`: a configuration to begin with, by a few questions or by flags. */
export const initCommand: AddCommand = (parent, toolbox) => {
  withInitOptions(parent.command("init"))
    .description(
      "writes a configuration to begin with: asks what the flags do not say; secrets are named, never asked for",
    )
    .action(async (options: InitOptions) => {
      const file = resolve(options.out ?? (toolbox.environment("ROSTERBRIDGE_CONFIG") || USUAL_FILE));
      const isForced = options.force === true;
      refuseUnfit(file, isForced);
      const answers = await interview(toolbox, options, file);
      const document = compose(answers, options, toolbox.schemaReference(file));
      const variables = answers.part.secrets.flatMap(({ place }) => ("env" in place ? [place.env] : []));
      await toolbox.checkDraft(document, file, variables);
      await save(file, document, isForced, toolbox.ambient.newId);
      for (const line of closingLines(answers, file, options.mode, flagFor(toolbox, file)))
        toolbox.terminal.print(line);
    });
};

async function interview({ terminal, recipeNeeds }: Toolbox, options: InitOptions, file: string): Promise<Answers> {
  const ask = createAsk(terminal);
  const protect = protectedOf(options);
  const text = "Which scheduling product is to be kept in step?";
  const answer = await ask({ flag: "--product", text, choices: PRODUCTS }, options.product);
  const name = PRODUCTS.find((product) => product === answer) ?? "sandbox";
  const part = await askProduct({ ask, options, product: name, configFile: file, recipeNeeds });
  const seat = await askSeat(ask, name, options.seat);
  if (options.publicUrl !== undefined)
    await ask({ flag: "--public-url", text: "", fault: webAddressFault }, options.publicUrl);
  return { name, part, seat, protect, directory: await askDirectory(ask, options) };
}

/** Only where seats have names of their own, or somebody says so. */
async function askSeat(ask: Ask, name: ProductName, given: string | undefined): Promise<string | null> {
  const { seatExample } = TRAITS[name];
  if (seatExample === undefined && given === undefined) return null;
  const text = `Which seat does everybody get, of whom the mapping says nothing else? Such as ${seatExample ?? "standard"}.`;
  return ask({ flag: "--seat", text }, given);
}

/** How other commands are told of the file; nothing, where they find it by themselves. */
function flagFor(toolbox: Toolbox, file: string): string {
  const found = resolve(toolbox.environment("ROSTERBRIDGE_CONFIG") || USUAL_FILE);
  if (found === file) return "";
  return ` --config ${/^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`}`;
}
