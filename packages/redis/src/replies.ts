/** A list in a script's reply. */
export function list(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply))
    throw new TypeError('A script of the session store has answered something else than a list.')
  return reply
}

/** A text in a script's reply. Clients may be set to give bytes. */
export function text(reply: unknown): string {
  if (reply === null || reply === undefined)
    throw new TypeError('A script of the session store has left something out.')
  return String(reply)
}

/** A number in a script's reply, where they travel as text: Lua would cut off fractions. */
export function number(reply: unknown): number {
  return Number(text(reply))
}
