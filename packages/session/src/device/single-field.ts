/** Why a header field does not hold exactly one item. */
export type FieldFault = 'missing' | 'repeated' | 'malformed'

/** The longest field value that is accepted, in characters. */
const maxLength = 8192

/** A structured string (RFC 9651 §4.2.5), up to its closing quote. */
const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/
/** A value without quotes, as Chromium writes it: visible ASCII up to parameters, a comma or the end. */
const bare = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+/
/** What may follow the item: parameters, in which a comma stands only between quotes. */
const parameters = /^[ \t]*(?:;(?:[^",]|"(?:[^"\\]|\\.)*")*)?$/

/**
 * Reads a header field that holds exactly one item: a structured string, or the same characters without quotes. It ignores
 * parameters.
 *
 * @param value the combined value of the field; two fields of one name are joined by a comma, and refused
 * @returns the item, or why there is not exactly one
 */
export function readSingleField(value: string | undefined): { readonly item: string } | FieldFault {
  const text = value?.replace(/^[ \t]+|[ \t]+$/g, '')
  if (text === undefined || text === '') return 'missing'
  if (text.length > maxLength) return 'malformed'
  const string = quoted.exec(text)
  const [whole, content = ''] = string ?? bare.exec(text) ?? []
  if (whole === undefined) return 'malformed'
  const rest = text.slice(whole.length)
  if (parameters.test(rest)) return { item: string === null ? whole : content.replaceAll(/\\(.)/g, '$1') }
  return /^[ \t]*[,;]/.test(rest) ? 'repeated' : 'malformed'
}
