import { useServices, withConfig, type AddCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { proofLines } from "../proof-words.ts";
import { planStyle } from "../style.ts";
import { documentText } from "../json-document.ts";

/** `proof PERSON`: what shows that a leaver was shut out. */
export const proofCommand: AddCommand = (parent, toolbox, exit) => {
  withConfig(parent.command("proof"))
    .description("shows that a leaver was shut out: what was said, done and read back, and when; the newest first")
    .argument("<person>", "userName, e-mail, externalId or id")
    .option("--json", "prints JSON")
    .action(async (person: string, options: { config?: string; json?: boolean }) => {
      const { terminal, ambient } = toolbox;
      await useServices(toolbox, options.config, async (services) => {
        const { proofs, lost } = await services.proofs.of(person);
        if (lost.length > 0 || proofs.some(({ audit }) => audit?.matches === false)) exit(EXIT.error);
        if (options.json === true) return terminal.print(documentText("proofs", { proofs, lost }));
        const style = planStyle(terminal);
        for (const [index, proof] of proofs.entries()) {
          if (index > 0) terminal.print("");
          for (const line of proofLines(proof, person, ambient.clock.now(), style)) terminal.print(line);
        }
        for (const { sequence } of lost)
          terminal.warn(`Row ${sequence} of the audit log tells of another proof of this person, which is gone.`);
      });
    });
};
