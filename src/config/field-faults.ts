import { webAddressField } from "./fields.ts";
import { directoryField } from "./schema.ts";

/** Kinds of identity providers, as `directories[].kind` takes them. */
export const DIRECTORY_KINDS = directoryField().shape.kind.unwrap().options;

/** What is wrong with a text as the id of a directory, in the words of the configuration; null when nothing is. */
export function directoryIdFault(text: string): string | null {
  return firstMessage(directoryField().shape.id.safeParse(text));
}

/** The same for a verified domain. */
export function domainFault(text: string): string | null {
  return firstMessage(directoryField().shape.verifiedDomains.element.safeParse(text));
}

/** The same for an address on the web. */
export function webAddressFault(text: string): string | null {
  return firstMessage(webAddressField().safeParse(text));
}

interface Parsed {
  readonly error?: { readonly issues: readonly { readonly message: string }[] } | undefined;
}

function firstMessage({ error }: Parsed): string | null {
  return error?.issues[0]?.message ?? null;
}
