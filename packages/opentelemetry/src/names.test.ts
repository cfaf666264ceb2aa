import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { names } from './names.js'

test.each(['../README.md', '../../docs/guide/telemetry.md'])('%s has every name, and no other', async (path) => {
  const text = await readFile(new URL(path, import.meta.url), 'utf8')
  const found = new Set([...text.matchAll(/`(latchkey\.[\w.]+)`/g)].map(([, name]) => name))
  expect([...found].sort()).toEqual(Object.values<string>(names).sort())
})
