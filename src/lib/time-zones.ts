const MOST_ZONES = 1_000;

/**
 * Tells time zones from other words: the answer is the name as the IANA database spells it, or null. Older names of a zone
 * stay as they are. Remembers its answers: they are few, and each takes as long as planning a person.
 */
export function createTimeZones(): (name: string) => string | null {
  const known = new Map<string, string | null>();
  return (name) => {
    const remembered = known.get(name);
    if (remembered !== undefined) return remembered;
    // What directories hold may be anything.
    if (known.size >= MOST_ZONES) known.clear();
    const spelled = spell(name);
    known.set(name, spelled);
    return spelled;
  };
}

function spell(name: string): string | null {
  // Intl also takes offsets such as +01:00, which are no names.
  if (/^[+-]/.test(name)) return null;
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    return timeZone.toLowerCase() === name.toLowerCase() ? timeZone : name;
  } catch {
    return null;
  }
}
