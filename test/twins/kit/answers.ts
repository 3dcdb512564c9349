/** What a twin answers. `body` is sent as JSON, `text` as it is; neither: no body. */
export interface TwinAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly text?: string;
  /** Content type; `application/json` for a body and `text/plain` for a text unless told. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Headers = Readonly<Record<string, string>>;

/** An answer in JSON. */
export function json(status: number, body: unknown, headers: Headers = {}): TwinAnswer {
  return { status, body, headers };
}

/** An answer in SCIM's media type (RFC 7644 section 8.1). */
export function scimJson(status: number, body: unknown, headers: Headers = {}): TwinAnswer {
  return { status, body, type: "application/scim+json", headers };
}

/** An answer without a body. */
export function empty(status: number, headers: Headers = {}): TwinAnswer {
  return { status, headers };
}

/** A page for people. */
export function html(status: number, text = "<!doctype html><title>Maintenance</title><p>Back soon.</p>"): TwinAnswer {
  return { status, text, type: "text/html; charset=utf-8" };
}

/** An answer in plain text. */
export function plain(status: number, text: string): TwinAnswer {
  return { status, text, type: "text/plain; charset=utf-8" };
}

/** Thrown by a handler in place of a return: a refusal that the vendor documents. It is no violation. */
export class TwinRefusal extends Error {
  readonly answer: TwinAnswer;
  constructor(answer: TwinAnswer) {
    super(`the twin refuses with ${answer.status}`);
    this.name = "TwinRefusal";
    this.answer = answer;
  }
}
