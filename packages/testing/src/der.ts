/** A value of ASN.1 in DER (X.690): its tag, its length, its content. */
export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.concat(content)
  const { length } = bytes
  // From 128 on, the first byte counts those of the length.
  const long = Buffer.from(length.toString(16).padStart(length > 255 ? 4 : 2, '0'), 'hex')
  const size = length < 128 ? Buffer.of(length) : Buffer.concat([Buffer.of(0x80 | long.length), long])
  return Buffer.concat([Buffer.of(tag), size, bytes])
}

/** SEQUENCE. */
export function sequence(...members: readonly Uint8Array[]): Buffer {
  return der(0x30, ...members)
}

/** OBJECT IDENTIFIER, given as it is encoded, in hexadecimal. */
export function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}

/** BIT STRING without unused bits. */
export function bitString(bytes: Uint8Array): Buffer {
  return der(0x03, Buffer.of(0), bytes)
}

/** UTCTime, for years before 2050 (RFC 5280 §4.1.2.5.1). */
export function utcTime(time: Date): Buffer {
  const digits = time.toISOString().replaceAll(/[-:T]|\..*/g, '')
  return der(0x17, Buffer.from(`${digits.slice(2)}Z`))
}
