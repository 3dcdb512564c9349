/** The process was killed: whatever it was about to do does not happen, and nobody is told. */
export class Killed extends Error {
  override readonly name = "Killed";
}

/** One process, as seen from what it calls: every call is two steps, its beginning and its end. */
export interface Life {
  readonly steps: readonly string[];
  isAlive(): boolean;
  kill(): void;
  /** The process is killed at this step, counted from 1; it never gets to know what came of it. */
  killAt(step: number): void;
  /** The same object, for this process only; `name` is the name of its steps. */
  bind<T extends object>(name: string, target: T, isStep: (method: string) => boolean): T;
}

function ignore(): void {
  // nobody is left to be told
}

/** A process that lives until it is told otherwise. */
export function createLife(): Life {
  const steps: string[] = [];
  let alive = true;
  let last = Infinity;

  const step = (name: string): void => {
    if (!alive) throw new Killed(name);
    steps.push(name);
    if (steps.length < last) return;
    alive = false;
    throw new Killed(name);
  };
  const bind = <T extends object>(name: string, target: T, isStep: (method: string) => boolean): T =>
    new Proxy(target, {
      get(object, key) {
        const value: unknown = Reflect.get(object, key);
        const path = `${name}.${String(key)}`;
        if (typeof value === "object" && value !== null && !(value instanceof Set)) return bind(path, value, isStep);
        if (typeof value !== "function") return value;
        return (...args: unknown[]): unknown => {
          if (!alive) throw new Killed(path);
          if (!isStep(path)) return Reflect.apply(value, object, args) as unknown;
          step(`${path} begins`);
          const result: unknown = Reflect.apply(value, object, args);
          if (!(result instanceof Promise)) return result;
          const ended: Promise<unknown> = result.finally(() => step(`${path} ends`));
          // Whoever waits in a process that was killed may have died before, of another call.
          void result.catch(ignore).then(() => (alive ? undefined : ended.catch(ignore)));
          return ended;
        };
      },
    });
  return {
    steps,
    bind,
    isAlive: () => alive,
    kill: () => void (alive = false),
    killAt: (at) => void (last = at),
  };
}
