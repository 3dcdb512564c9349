const DATE_TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/i;
const OFFSET = /(?:Z|T.*[+-]\d{2}:\d{2})$/i;

/**
 * Milliseconds since 1970 of an RFC 3339 or `xsd:dateTime` text, or of a date; UTC where it names no offset, wherever the
 * process runs. Undefined for every other text.
 */
export function instantOf(text: string): number | undefined {
  if (!DATE_TIME.test(text)) return undefined;
  const isLocal = /T/i.test(text) && !OFFSET.test(text);
  const instant = Date.parse(isLocal ? `${text}Z` : text);
  return Number.isNaN(instant) ? undefined : instant;
}
