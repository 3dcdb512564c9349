/** The time that a twin goes by. */
export interface TwinClock {
  now(): string;
  monotonicMs(): number;
}
