/** Characters that databases do not keep: a lone surrogate is not UTF-8, and PostgreSQL's text has no NUL. */
const unstorable = /\0|\p{Cs}/u

/**
 * Gives a text in a form that a database can keep: nearly always unchanged, else as JSON. A subject may be any text, and two
 * different subjects must stay different.
 */
export function toStoredText(text: string): string {
  return text.startsWith('"') || unstorable.test(text) ? JSON.stringify(text) : text
}

/** Gives back the text that `toStoredText` was given. */
export function fromStoredText(stored: string): string {
  return stored.startsWith('"') ? String(JSON.parse(stored)) : stored
}
