import type { DirectoryUserId } from "../../domain/directory.ts";

/** One run's eye on the others of this process; the lease keeps other processes away. */
export interface Watch {
  /** Tells the others that this run works on somebody. */
  note(user: DirectoryUserId): void;
  /** True when another run has worked on that person since this one began to watch: its plan knows nothing of it. */
  isOvertaken(user: DirectoryUserId): boolean;
  end(): void;
}

/**
 * Who was worked on while others planned. Kept in memory and told by what happened, not by the time at which it did: a
 * clock that is set back must neither hide a change nor make everybody look changed.
 */
export interface Overtaking {
  /** To be called before a run looks at anything. */
  watch(): Watch;
}

/** Starts with nobody watching. */
export function createOvertaking(): Overtaking {
  const watching = new Set<Set<DirectoryUserId>>();
  return {
    watch() {
      const byOthers = new Set<DirectoryUserId>();
      watching.add(byOthers);
      return {
        note(user) {
          for (const seen of watching) if (seen !== byOthers) seen.add(user);
        },
        isOvertaken: (user) => byOthers.has(user),
        end: () => void watching.delete(byOthers),
      };
    },
  };
}
