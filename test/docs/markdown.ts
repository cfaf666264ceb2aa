/** A fenced code block of a document (CommonMark §4.5). */
interface Fence {
  /** What stands behind the opening fence, e.g. `ts`. */
  readonly info: string
  /** Line of the opening fence, counted from 1; the code begins on the next one. */
  readonly line: number
  readonly code: string
}

/** A link, image or link definition. */
export interface Link {
  readonly target: string
  readonly line: number
}

/** A document taken apart into its code and its prose. */
export interface Markdown {
  readonly fences: readonly Fence[]
  /** Every line outside code blocks, by its number minus one; lines of code are empty here. */
  readonly prose: readonly string[]
}

const opening = /^( *)(`{3,}|~{3,})\s*(.*?)\s*$/

/**
 * Takes a document apart.
 *
 * @throws Error for a code block that is never closed: all after it would be taken for code
 */
export function parseMarkdown(text: string): Markdown {
  const fences: Fence[] = []
  const prose: string[] = []
  let open: { readonly indent: number; readonly marker: string; readonly fence: Fence } | undefined
  let code: string[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const [, indent = '', marker, info = ''] = opening.exec(line) ?? []
    if (open === undefined && marker === undefined) {
      prose.push(line)
      continue
    }
    prose.push('')
    if (open === undefined) {
      open = { indent: indent.length, marker: marker ?? '', fence: { info, line: index + 1, code: '' } }
      code = []
    } else if (marker?.startsWith(open.marker) === true && info === '') {
      fences.push({ ...open.fence, code: code.join('\n') })
      open = undefined
    } else {
      code.push(line.slice(Math.min(open.indent, line.length - line.trimStart().length)))
    }
  }
  if (open !== undefined) throw new Error(`line ${open.fence.line}: this code block is never closed`)
  return { fences, prose }
}

/** Every link of the prose; what stands in inline code is not one. */
export function linksOf({ prose }: Markdown): Link[] {
  return prose.flatMap((text, index) => {
    const line = text.replaceAll(/`[^`]*`/g, '')
    const inline = [...line.matchAll(/\]\(<?([^\s)>]+)>?(?:\s+"[^"]*")?\)/g)]
    const definitions = [...line.matchAll(/^\[[^\]]+\]:\s*<?([^\s>]+)>?/g)]
    return [...inline, ...definitions].map(([, target = '']) => ({ target, line: index + 1 }))
  })
}

/** The fragments that GitHub gives to a document's headings: lower case, punctuation dropped, a hyphen for each space. */
export function anchorsOf({ prose }: Markdown): Set<string> {
  const anchors = new Set<string>()
  for (const line of prose) {
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1]
    if (heading === undefined) continue
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = plain.replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-')
    let unique = slug
    for (let count = 1; anchors.has(unique); count++) unique = `${slug}-${count}`
    anchors.add(unique)
  }
  return anchors
}
