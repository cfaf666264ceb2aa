import { comparable } from '../../harness/check.js'
import type { RawResponse } from '../../harness/raw-http.js'

/**
 * What a case saw of one server, as it is compared with what it saw of another: every answer to the byte, but for values
 * that are new each time. These get names in the order in which they were first seen, so that it shows where the same one
 * comes again.
 */
export class Transcript {
  readonly #startedAt: number
  readonly #names = new Map<string, string>()
  readonly #counts = new Map<string, number>()
  readonly #entries: string[] = []
  readonly #secrets: string[] = []

  /** @param startedAt what the server's clock shows, in seconds */
  constructor(startedAt: number) {
    this.#startedAt = startedAt
  }

  /** Gives a value a name, the first time it is seen. */
  name(kind: string, value: string): void {
    if (value === '' || this.#names.has(value)) return
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    this.#names.set(value, `‹${kind} ${count}›`)
  }

  /** As `name`, for what no refusal and no event may show. */
  nameSecret(kind: string, value: string): void {
    this.name(kind, value)
    this.#secrets.push(value)
  }

  /** Every token seen until now. */
  get secrets(): readonly string[] {
    return this.#secrets
  }

  answer(method: string, target: string, response: RawResponse): void {
    this.#entries.push(`${method} ${target}\n${comparable(response)}`)
  }

  note(text: string): void {
    this.#entries.push(text)
  }

  /** The whole, with names for values and times counted from the start. */
  toString(): string {
    let text = this.#entries.join('\n\n')
    // The longest first: a token may contain the name of its session.
    const names = [...this.#names].sort(([a], [b]) => b.length - a.length)
    for (const [value, name] of names) text = text.replaceAll(value, name)
    return text.replaceAll(
      /"(iat|exp|startedAt|refreshedAt)":(\d+)/g,
      (_, claim, time) => `"${claim}":now+${time - this.#startedAt}`,
    )
  }
}
