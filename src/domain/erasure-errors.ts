import { BridgeError } from "./errors.ts";

/** Why a person's data cannot be erased yet. */
export type ErasureObstacle = "erased" | "active" | "account" | "under-way" | "returned" | "reason";

/** A person's data are still needed, or the request itself would keep them; the message says what to do first (HTTP 409). */
export class ErasureRefusedError extends BridgeError {
  readonly code = "person.not-erasable";
  readonly obstacle: ErasureObstacle;
  constructor(obstacle: ErasureObstacle, message: string) {
    super(message);
    this.obstacle = obstacle;
  }
}
