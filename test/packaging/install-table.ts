/** What something adds to an app that has its framework already. */
export interface Sized {
  readonly framework: string
  /** The packages asked for. */
  readonly what: string
  /** Whether they are Latchkey's. */
  readonly own: boolean
  /** Packages that come, with all that they depend on. */
  readonly packages: number
  /** Of all files, in thousands of bytes. */
  readonly kilobytes: number
}

/** A document with the table of sizes between its two marks. */
export function withSizes(document: string, sizes: readonly Sized[]): string {
  const lines = sizes.map(({ framework, what, own, packages, kilobytes }) => {
    const cells = [framework, own ? `**${what}**` : what, `${packages}`, kilobytes.toLocaleString('en')]
    return `| ${cells.join(' | ')} |`
  })
  const table = ['| framework | beside it | packages | KB |', '| --- | --- | --- | --- |', ...lines].join('\n')
  return document.replace(/(<!-- sizes -->\n)[\s\S]*?(<!-- \/sizes -->)/, (_all, begin, end) => {
    return `${begin}\n${table}\n\n${end}`
  })
}
