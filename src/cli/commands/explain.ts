import type { Unanswered } from "../../engine/explain/explanation.ts";
import { useServices, withConfig, type AddCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { explanationLines } from "../explanation/render.ts";
import { planStyle } from "../style.ts";
import { documentText } from "../json-document.ts";

/** `explain PERSON`: why things are as they are for one person. */
export const explainCommand: AddCommand = (parent, toolbox, exit) => {
  withConfig(parent.command("explain"))
    .description(
      "why one person has what they have: pushed, staged, mapped, matched, planned and answered; and the timeline",
    )
    .argument("<person>", "userName, e-mail, externalId or id")
    .option("--json", "prints JSON")
    .action(async (person: string, options: { config?: string; json?: boolean }) => {
      const { terminal } = toolbox;
      await useServices(toolbox, options.config, async (services) => {
        const explanation = await services.explain(person, toolbox.interrupted);
        if (options.json === true) terminal.print(documentText("explanation", explanation));
        else for (const line of explanationLines(explanation, planStyle(terminal))) terminal.print(line);
        if (explanation.matched.unanswered !== null) exit(unansweredCode(explanation.matched.unanswered));
      });
    });
};

function unansweredCode({ reason }: Unanswered): number {
  return reason === "auth" ? EXIT.unauthorised : EXIT.unreachable;
}
