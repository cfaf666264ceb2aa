/** Where a runtime's own HTTP parser answers a case otherwise than Node's, before or below what a library sees. */
export interface Difference {
  /** As CONTRACT_RUNTIME names it. */
  readonly runtime: string
  /** Those whose requests that parser reads; the others of the runtime speak `node:http`. */
  readonly frameworks: readonly string[]
  /** The case's name, or what such names have in common. */
  readonly case: string | RegExp
  /** The only fault that is explained. Default: any. */
  readonly fault?: string
  /** What the runtime does, and why nobody is worse off. */
  readonly why: string
}

const web = ['hono', 'fetch']
const noResponse = 'closed the connection without a response'
const unread = 'closes a connection whose request body nobody read, at times before the answer is through'
const joined = 'joins two Cookie fields by a comma (clients send one, RFC 6265 §5.4): the token is refused or not found'
const upperCase = 'takes a method in lower case as the one in upper case, before anybody looks at it'

/** All there are: a difference that is not here fails the suite. */
export const explained: readonly Difference[] = [
  {
    runtime: 'bun',
    frameworks: web,
    case: 'a version of the future, nobody',
    why: 'answers 505 itself, where Node answers 400',
  },
  { runtime: 'deno', frameworks: web, case: /body/, fault: noResponse, why: unread },
  { runtime: 'deno', frameworks: web, case: 'a method in lower case', why: upperCase },
  { runtime: 'workerd', frameworks: web, case: /body/, fault: noResponse, why: unread },
  { runtime: 'workerd', frameworks: web, case: 'a method in lower case', why: upperCase },
  {
    runtime: 'workerd',
    frameworks: web,
    case: 'a method that nobody knows',
    why: 'answers 501 itself, where Node answers 400',
  },
  {
    runtime: 'workerd',
    frameworks: web,
    case: 'Content-Length and chunked at once',
    why: 'reads the chunks and ignores the length, as RFC 9112 §6.3 allows; in production its proxy has judged before',
  },
  ...['the access cookie in the second of two fields', 'the access cookie in the first of two fields'].map((name) => {
    return { runtime: 'workerd', frameworks: web, case: name, why: joined }
  }),
  { runtime: 'workerd', frameworks: web, case: 'the cookie twice in two fields', why: joined },
]

export const runtime: string = process.env['CONTRACT_RUNTIME'] ?? 'node'

/** The faults that are left of a case's, each of which has its framework in brackets. */
export function unexplained(name: string, faults: readonly string[]): string[] {
  const known = explained.filter((each) => {
    return each.runtime === runtime && (typeof each.case === 'string' ? each.case === name : each.case.test(name))
  })
  return faults.filter((text) => {
    return !known.some(({ frameworks, fault = '' }) => frameworks.some((of) => text.includes(`[${of}] ${fault}`)))
  })
}
