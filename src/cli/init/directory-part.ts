import { DIRECTORY_KINDS, directoryIdFault, domainFault } from "../../config/field-faults.ts";
import { UsageError } from "../../domain/errors.ts";
import type { Ask } from "./ask.ts";
import type { InitOptions } from "./options.ts";

/** The one entry of `directories`. */
export interface DirectoryPart {
  readonly id: string;
  readonly kind: string;
  readonly verifiedDomains: readonly string[];
}

/** Asks who pushes, and whom. Throws UsageError. */
export async function askDirectory(ask: Ask, options: InitOptions): Promise<DirectoryPart> {
  const text = "Which identity provider pushes your people?";
  const kind = await ask({ flag: "--idp", text, choices: DIRECTORY_KINDS }, options.idp);
  const answer = await ask(
    {
      flag: "--domain",
      text: "Which domains are your people's e-mails on? Such as acme.example, several with commas between them; * for any.",
      fault: (given) =>
        domainsOf(given)
          .map(domainFault)
          .find((fault) => fault !== null) ?? null,
    },
    options.domain?.join(","),
  );
  const verifiedDomains = domainsOf(answer);
  const preset = idFor(verifiedDomains[0] ?? "", kind);
  const question = {
    flag: "--directory",
    text: "What is this connection to be called, in tokens, plans and logs? It stays for ever.",
    preset,
    fault: directoryIdFault,
  };
  return { id: await ask(question, options.directory), kind, verifiedDomains };
}

function domainsOf(text: string): readonly string[] {
  const domains = text.split(/[\s,;]+/).filter((part) => part !== "");
  return [...new Set(domains.map((domain) => domain.toLowerCase()))];
}

/** `acme.example` and `okta` make `acme-okta`. */
function idFor(domain: string, kind: string): string {
  const name = domain.split(".")[0] ?? "";
  const id = `${/^[a-z0-9]/.test(name) ? `${name}-` : ""}${kind}`;
  return directoryIdFault(id) === null ? id : kind;
}

/** Addresses of accounts that are never shut out. Throws UsageError. */
export function protectedOf({ protect = [] }: InitOptions): readonly string[] {
  for (const address of protect) {
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/u.test(address))
      throw new UsageError(`--protect ${JSON.stringify(address)} is no e-mail address, such as owner@acme.example.`);
  }
  return protect;
}
