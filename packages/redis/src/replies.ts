/** Reads a list in a script's reply. */
export function list(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply))
    throw new TypeError('A script of the session store has answered something else than a list.')
  return reply
}

/** Reads a text in a script's reply. A client may be configured to give bytes. */
export function text(reply: unknown): string {
  if (reply === null || reply === undefined)
    throw new TypeError('A script of the session store has left something out.')
  return String(reply)
}

/** Reads a number in a script's reply. Scripts send numbers as text, because Lua would cut off fractions. */
export function number(reply: unknown): number {
  return Number(text(reply))
}
