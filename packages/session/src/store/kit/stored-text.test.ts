import { expect, test } from 'vitest'
import { fromStoredText, toStoredText } from './stored-text.js'

const texts = ['', 'user-1', 'ü 🔑', '"', '"quoted"', 'a\0b', '\ud800', 'a\udc00b', '\ufffd']

test.each(texts.map((text) => ({ text: JSON.stringify(text) })))(
  '$text comes back, through UTF-8 and without NUL',
  ({ text }) => {
    const original = String(JSON.parse(text))
    const stored = Buffer.from(toStoredText(original)).toString()
    expect(stored).not.toContain('\0')
    expect(fromStoredText(stored)).toBe(original)
  },
)

test('no two texts are stored as one, and nearly all are readable', () => {
  expect(new Set(texts.map((text) => Buffer.from(toStoredText(text)).toString())).size).toBe(texts.length)
  expect(toStoredText('user-1')).toBe('user-1')
})
