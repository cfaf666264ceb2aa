import { expect, test } from 'vitest'
import { parseJsonBody, readJsonBody } from './json-body.js'

const bytes = (text: string) => new TextEncoder().encode(text)

async function* streamOf(...chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

test('reads JSON across chunks, also where a character is split', async () => {
  const [first, second] = [bytes('{"a":"é"}').slice(0, 7), bytes('{"a":"é"}').slice(7)]
  expect(await readJsonBody(streamOf(first, second))).toEqual({ a: 'é' })
})

test('tells an empty body from null', async () => {
  expect(await readJsonBody(streamOf())).toBeUndefined()
  expect(await readJsonBody(streamOf(bytes('')))).toBeUndefined()
  expect(await readJsonBody(streamOf(bytes('null')))).toBeNull()
})

test.each([
  ['no JSON', bytes('{"a":')],
  ['white space alone', bytes(' ')],
  ['a byte order mark', bytes('\ufeff{}')],
  ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
  ['a kilobyte too much', bytes(JSON.stringify('x'.repeat(65_536)))],
])('refuses %s', async (_name, body) => {
  await expect(readJsonBody(streamOf(body))).rejects.toMatchObject({
    code: 'request_malformed',
    reason: 'body_malformed',
  })
})

test('takes 64 KiB, and reads what is more to its end', async () => {
  const largest = bytes(JSON.stringify('x'.repeat(65_534)))
  expect(largest.length).toBe(65_536)
  expect(await readJsonBody(streamOf(largest))).toHaveLength(65_534)

  let read = 0
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (; read < 5; read += 1) yield new Uint8Array(60_000)
  }
  await expect(readJsonBody(endless())).rejects.toMatchObject({ code: 'request_malformed', reason: 'body_malformed' })
  expect(read).toBe(5)
})

test('keeps no chunk: a body of one byte each would take many times its length', async () => {
  const text = JSON.stringify({ sub: 'x'.repeat(5000) })
  async function* drip() {
    // The same bytes for each, so that whoever kept them would have the last one only.
    const chunk = new Uint8Array(1)
    for (const byte of new TextEncoder().encode(text)) {
      chunk[0] = byte
      yield chunk
    }
  }
  expect(await readJsonBody(drip())).toEqual(JSON.parse(text))
})

test('refuses a body that breaks off', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield bytes('{')
    throw new Error('aborted')
  }
  await expect(readJsonBody(broken())).rejects.toMatchObject({ code: 'request_malformed', reason: 'body_malformed' })
})

test('parses what was read as text or bytes', () => {
  expect(parseJsonBody('[1]')).toEqual([1])
  expect(parseJsonBody(bytes('[1]'))).toEqual([1])
  expect(parseJsonBody('')).toBeUndefined()
  expect(() => parseJsonBody(' ')).toThrow(
    expect.objectContaining({ code: 'request_malformed', reason: 'body_malformed' }),
  )
})
