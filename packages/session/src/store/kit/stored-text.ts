/** What no database keeps as it is: a lone surrogate is not UTF-8, and PostgreSQL's text has no NUL. */
const unstorable = /\0|\p{Cs}/u

/**
 * A text as a database can keep it, one for each: nearly always itself, else as JSON. A subject is what its issuer says it is,
 * and two that differ must not become one.
 */
export function toStoredText(text: string): string {
  return text.startsWith('"') || unstorable.test(text) ? JSON.stringify(text) : text
}

/** The text that `toStoredText` was given. */
export function fromStoredText(stored: string): string {
  return stored.startsWith('"') ? String(JSON.parse(stored)) : stored
}
