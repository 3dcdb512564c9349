import { safeText } from "../../planning/rendering/safe-text.ts";
import type { Answers } from "./compose.ts";
import { TRAITS } from "./products.ts";
import type { Secret } from "./secrets.ts";

/** What somebody has to do next, line by line. `flag`: how other commands find the file, such as ` --config x.json`. */
export function closingLines(answers: Answers, file: string, mode: string, flag: string): readonly string[] {
  const { name, part, directory } = answers;
  const { title, page } = TRAITS[name];
  const does = mode === "observe" ? "observe: it plans, and writes nothing to the product" : mode;
  const guides = [
    `  docs/identity-providers/${idpPage(directory.kind)}.md says what to enter in the identity provider.`,
    ...(page === null ? [] : [`  docs/products/${page}.md says what ${title} needs and does.`]),
  ];
  return [
    `Wrote ${file}: ${title}, people from ${directory.id}, mode ${does}.`,
    "",
    "What to do next:",
    ...secretSteps(part.secrets),
    ...(name === "sandbox" ? ["     Start the sandbox with the same variable: rosterbridge sandbox"] : []),
    `  2. Check it, and mend what it finds: rosterbridge doctor${flag}`,
    `  3. Start it: rosterbridge serve${flag}`,
    `  4. Make the token that the identity provider sends: rosterbridge token create --directory ${directory.id}${flag}`,
    ...(mode === "observe"
      ? [`  5. Look at what it would do: rosterbridge plan${flag}; then set "mode" to "full", and start it again.`]
      : []),
    ...guides,
  ].map(safeText);
}

/** The page of a kind of identity provider; of one that has none, the page that is the same for all. */
function idpPage(kind: string): string {
  if (kind === "google") return "google-workspace";
  return kind === "generic" ? "README" : kind;
}

function secretSteps(secrets: readonly Secret[]): readonly string[] {
  if (secrets.length === 0) return ["  1. No secret is needed."];
  return [
    "  1. Put each secret in its place; the bridge and every command read it there:",
    ...secrets.map(({ what, place }) =>
      "env" in place ? `       export ${place.env}=…   ${what}` : `       the file ${place.file}   ${what}`,
    ),
  ];
}
