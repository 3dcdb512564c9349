import { UsageError } from "../../domain/errors.ts";
import type { Forgotten, ForgetPreview } from "../../engine/forget/forget.ts";
import { counted } from "../../planning/rendering/change-words.ts";
import { safeText } from "../../planning/rendering/safe-text.ts";
import { useServices, withConfig, type AddCommand } from "../command.ts";
import type { Toolbox } from "../toolbox.ts";
import { toReason } from "../reason-option.ts";
import { documentText } from "../json-document.ts";

interface ForgetOptions {
  readonly config?: string;
  readonly reason: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `forget PERSON --reason TEXT`: erases the personal data of somebody who has left. */
export const forgetCommand: AddCommand = (parent, toolbox) => {
  withConfig(parent.command("forget"))
    .description("erases the personal data of somebody who has left; ids, times and kinds of changes stay")
    .argument("<person>", "userName, e-mail, externalId or id")
    .requiredOption("-r, --reason <text>", "why, without naming anybody: kept in the audit log", toReason)
    .option("-y, --yes", "does not ask")
    .option("--json", "prints JSON")
    .action(async (person: string, { config, reason, yes, json }: ForgetOptions) => {
      const { terminal } = toolbox;
      await useServices(toolbox, config, async ({ forgetting }) => {
        const preview = await forgetting.look(person, reason);
        if (!(await agree(toolbox, person, preview, yes === true))) {
          return terminal.print(
            json === true ? documentText("forgotten", { forgotten: false }) : "Nothing was erased.",
          );
        }
        const done = await forgetting.forget(preview.user, { author: "cli", reason });
        if (json === true) return terminal.print(documentText("forgotten", { forgotten: true, ...done }));
        for (const line of sentences(done)) terminal.print(line);
      });
    });
};

async function agree(
  { terminal }: Toolbox,
  person: string,
  { user, erased }: ForgetPreview,
  isSaid: boolean,
): Promise<boolean> {
  terminal.warn(
    `This erases for good who ${safeText(person)} (${user}) was: the staged user, and what ${counted(erased.changes, "journalled change")} and ${counted(erased.proofs, "proof")} say of them.`,
  );
  if (isSaid) return true;
  if (!terminal.canAsk) throw new UsageError("Nobody can be asked here: say --yes to erase.");
  return terminal.confirm("Erase it?");
}

function sentences({ user, earlier, erased, scrubbed, stillNamed }: Forgotten): readonly string[] {
  const { mappingVersions, people } = stillNamed;
  const before = earlier.length === 0 ? "" : ` (and, of earlier times, ${earlier.join(", ")})`;
  return [
    `Erased. What is left is found by the id ${user}${before}: \`rosterbridge explain ${user}\`, \`rosterbridge proof ${user}\`.`,
    `${counted(erased.changes, "change")}, ${counted(erased.proofs, "proof")} and ${counted(erased.auditRows, "row")} of the audit log were stripped; \`rosterbridge audit verify\` vouches for the rest.`,
    ...(scrubbed ? [] : [UNSCRUBBED]),
    "",
    "Not erased by this, because it is not kept here or not theirs alone:",
    "  - backups that were made before, and databases that `restore` put aside: delete them, or let them expire.",
    '  - the product\'s account: its own retention, or `leavers.action` "delete", decides about it.',
    "  - the identity provider: if it pushes this person again, they are staged anew, as somebody new.",
    ...(mappingVersions.length === 0
      ? []
      : [
          `  - version ${mappingVersions.join(", ")} of the mapping names them: \`rosterbridge mapping show\` tells where.`,
        ]),
    ...(people === 0
      ? []
      : [
          `  - ${counted(people, "other person", "other people")} whose attributes name them, such as their manager: the identity provider sends these.`,
        ]),
  ];
}

const UNSCRUBBED =
  "The file could not be rewritten now, since others use it or the disk is full: old text may be left in free places of it until the daemon's nightly cleaning, or the next `forget`.";
