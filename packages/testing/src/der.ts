/** Writes an ASN.1 value in DER (X.690): its tag, its length, its content. */
export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.concat(content)
  const { length } = bytes
  // For a length of 128 or more, the first byte says how many bytes the length has.
  const long = Buffer.from(length.toString(16).padStart(length > 255 ? 4 : 2, '0'), 'hex')
  const size = length < 128 ? Buffer.of(length) : Buffer.concat([Buffer.of(0x80 | long.length), long])
  return Buffer.concat([Buffer.of(tag), size, bytes])
}

/** Writes a SEQUENCE. */
export function sequence(...members: readonly Uint8Array[]): Buffer {
  return der(0x30, ...members)
}

/** Writes an OBJECT IDENTIFIER from its encoded content in hexadecimal. */
export function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}

/** Writes a BIT STRING without unused bits. */
export function bitString(bytes: Uint8Array): Buffer {
  return der(0x03, Buffer.of(0), bytes)
}

/** Writes a UTCTime, for years before 2050 (RFC 5280 §4.1.2.5.1). */
export function utcTime(time: Date): Buffer {
  const digits = time.toISOString().replaceAll(/[-:T]|\..*/g, '')
  return der(0x17, Buffer.from(`${digits.slice(2)}Z`))
}
