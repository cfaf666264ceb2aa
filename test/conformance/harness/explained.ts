/** Where a runtime's own HTTP parser, or a shim for Lambda, answers a case otherwise than Node's, before or below what a library sees. */
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

const honoOnLambda = ['lambda-v1-hono', 'lambda-v2-hono']
const fastifyOnLambda = ['lambda-v1-fastify', 'lambda-v2-fastify']
const encoded = 'encodes a whole field that has a character beyond ASCII: no token is found in it, and nobody gets in'
const forwarded =
  'with trustProxy, without which Fastify does not know of https, it believes this field too; no page can send it to another site without leave (CORS)'

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
  {
    runtime: 'node',
    frameworks: honoOnLambda,
    case: 'a token in a form body of a GET (§2.2)',
    why: 'answers 400 itself, since it makes a Request, and one of GET has no body',
  },
  ...[/obs-text/, 'malformed: a UTF-8 dash in place of a hyphen', 'malformed: a no-break space after the scheme'].map(
    (name) => ({ runtime: 'node', frameworks: honoOnLambda, case: name, why: encoded }),
  ),
  {
    runtime: 'node',
    frameworks: ['lambda-v2-hono'],
    case: /Sec-Fetch-Site: empty/,
    why: 'drops a field that is empty, which no browser sends',
  },
  { runtime: 'node', frameworks: fastifyOnLambda, case: /X-Forwarded-Host does not/, why: forwarded },
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
