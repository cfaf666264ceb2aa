/** Whether a value is an object as JSON has them (RFC 8259 §4): neither null nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
