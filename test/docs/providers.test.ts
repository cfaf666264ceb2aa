import { describe, expect, test } from 'vitest'
import { providers } from '../providers/providers.js'
import { readDocument } from './documents.js'

const overview = await readDocument('packages/docs/guide/providers.md')

/** A function's name as its page's file is called. */
function fileOf(name: string): string {
  return `${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.md`
}

describe.each(providers)('$name', ({ name, refused }) => {
  test('has a page with an example, to which the overview leads', async () => {
    const { text } = await readDocument(`packages/docs/providers/${fileOf(name)}`)
    expect(text).toContain(`import { ${name} } from '@latchkey/core/providers'`)
    expect(overview.text).toContain(`](../providers/${fileOf(name)})`)
  })

  test('its page says what is refused, and that is what is tried', async () => {
    const { markdown } = await readDocument(`packages/docs/providers/${fileOf(name)}`)
    const rows = markdown.prose.filter((line) => line.startsWith('| ')).slice(2)
    expect(rows).toEqual(Object.entries(refused).map(([token, [, reason]]) => `| ${token} | \`${reason}\` |`))
  })
})
