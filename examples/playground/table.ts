import { portOf, type Running } from './listen.js'
import type { Tokens } from './tokens.js'

/** The servers of the page, and the site that attacks it. */
interface Places {
  readonly apps: readonly Running[]
  readonly fronts: readonly Running[]
  readonly otherSite: Running
}

/** The text printed once every server listens: the URLs, and commands to paste. */
export function table(provider: Running, { apps, fronts, otherSite }: Places, tokens: Tokens): string {
  const places = [provider, ...apps, otherSite, ...fronts].map(({ name, url }) => `  ${name.padEnd(17)}${url}`)
  const lines = requests(tokens).map(({ what, answer, path, header }) => {
    const urls = apps.map(({ url }) => `${url}${path}`).join(' ')
    const carrying = header === undefined ? '' : ` -H '${header}'`
    return `${what}: ${answer}\ncurl -i -w '\\n\\n' ${urls}${carrying}`
  })
  return [
    `Latchkey playground: ${pages(apps)[0]}`,
    `${places.join('\n')}\n\nThe page is the same from each app: ${pages(apps).join(' ')}`,
    'Every app has /me for any good token, /posts for the scope posts:read, /admin for the scope admin.\n' +
      'Paste a line below. It sends the same request to the three apps, and they give the same answer.',
    ...lines,
    'Ctrl-C stops everything.\n',
  ].join('\n\n')
}

/** Uses the name localhost: browsers keep Secure cookies of http://localhost, and the other site needs a different name. */
function pages(apps: readonly Running[]): readonly string[] {
  return apps.map((app) => `http://localhost:${portOf(app)}`)
}

/** One request to try. */
interface Request {
  readonly what: string
  readonly answer: string
  readonly path: string
  readonly header?: string
}

function requests({ good, expired }: Tokens): readonly Request[] {
  return [
    { what: 'No token', answer: '401 token_missing', path: '/me' },
    { what: 'Good token', answer: '200', path: '/posts', header: `Authorization: Bearer ${good}` },
    { what: 'The same in a cookie', answer: '200', path: '/me', header: `Cookie: __Host-access=${good}` },
    { what: 'Wrong scope', answer: '403 scope_insufficient', path: '/admin', header: `Authorization: Bearer ${good}` },
    { what: 'Expired token', answer: '401 token_expired', path: '/me', header: `Authorization: Bearer ${expired}` },
  ]
}
