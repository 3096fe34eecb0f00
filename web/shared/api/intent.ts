/**
 * Name one intent of a person, so that a double tap, a reload or a lost answer does it once.
 * The key lives until the outcome is known; kept under a name it survives a reload in the middle of paying.
 */
export class Intent {
  #key: string;

  constructor(private readonly name?: string) {
    this.#key = (name && read(name)) || this.#fresh();
  }

  /** The header parameter of a write: `params: { header: intent.header }`. */
  get header(): { "Idempotency-Key": string } {
    return { "Idempotency-Key": this.#key };
  }

  /** Begin a new intent: after success, after a refusal that changed nothing, or when the person changed what is asked. */
  renew(): void {
    this.#key = this.#fresh();
  }

  #fresh(): string {
    const key = crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
    if (this.name) write(this.name, key);
    return key;
  }
}

const STORED = "fairday.intent.";

function read(name: string): string | null {
  try {
    return sessionStorage.getItem(STORED + name);
  } catch {
    return null;
  }
}

function write(name: string, key: string): void {
  try {
    sessionStorage.setItem(STORED + name, key);
  } catch {
    // Without storage the key still lives as long as the page.
  }
}
