// What went wrong, as the API tells it: problem details (RFC 9457).

/** A refusal or failure of the API, or of the way to it. */
export class Problem extends Error {
  constructor({ status, reason, detail, errors = [], metadata = {}, effect, retryAfter }) {
    super(detail);
    Object.assign(this, { status, reason, detail, errors, metadata, effect, retryAfter });
  }

  /** Reads an answer that is not a success. */
  static async read(response) {
    const retryAfter = response.headers.get("retry-after");
    const text = await response.text();
    let body = {};
    try {
      body = JSON.parse(text);
    } catch {
      // Something between the page and the gateway answered in its own words.
    }
    return new Problem({
      status: response.status,
      reason: body.reason ?? "UNEXPECTED_ANSWER",
      detail: body.detail ?? `the server answered ${response.status}`,
      errors: body.errors,
      metadata: body.metadata,
      effect: body.effect,
      retryAfter,
    });
  }

  /** No answer came. What was asked may have been done. */
  static unreachable() {
    return new Problem({
      status: 0, reason: "UNREACHABLE", detail: "no answer came from the server", effect: "unknown",
    });
  }

  /** Whether it is unknown if the request took effect: it must not be read as failed. */
  get isUnknown() {
    return this.effect === "unknown";
  }

  /** A sentence for people. */
  get sentence() {
    const text = this.detail.charAt(0).toUpperCase() + this.detail.slice(1);
    const wait = this.retryAfter ? ` Try again in ${this.retryAfter} s.` : "";
    return `${text}${/[.!?]$/.test(text) ? "" : "."}${wait}`;
  }
}
