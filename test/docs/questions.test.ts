import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { readDocument } from './documents.js'
import { linksOf } from './markdown.js'

/** What a newcomer asks, the pages that he clicks through from the README, and the words that answer him. */
const questions: readonly { readonly ask: string; readonly clicks: readonly string[]; readonly answer: RegExp }[] = [
  {
    ask: 'My users log in at Auth0. Which packages do I install?',
    clicks: [],
    answer: /npm install @latchkey\/core @latchkey\/fastify/,
  },
  {
    ask: 'I have a log-in form of my own. Where do I begin?',
    clicks: ['packages/docs/guide/sessions.md'],
    answer: /For apps that log their own users in/,
  },
  {
    ask: 'My good token gets 401 token_rejected. Why?',
    clicks: ['packages/docs/errors/token_rejected.md'],
    answer: /npx latchkey explain/,
  },
  {
    ask: 'How does a route ask for one of two roles, and where are they in a Keycloak token?',
    clicks: ['packages/docs/guide/scopes-and-roles.md'],
    answer: /rolesFrom: 'realm_access\.roles'/,
  },
  {
    ask: 'How do I take the token from a cookie, and what about CSRF?',
    clicks: ['packages/docs/guide/cookies-and-csrf.md'],
    answer: /tokenFrom: \['header', \{ cookie: '__Host-access' \}\]/,
  },
  {
    ask: 'What happens to my users while the key server is down?',
    clicks: ['packages/docs/guide/key-rotation.md'],
    answer: /until 4 h after the last success/,
  },
  {
    ask: 'How do I test guarded routes without a network?',
    clicks: ['packages/docs/guide/testing.md'],
    answer: /fetch: issuer\.fetch/,
  },
  {
    ask: 'A page behind our proxy gets 403 origin_rejected. What do I set?',
    clicks: ['packages/docs/errors/origin_rejected.md', 'packages/docs/guide/proxies.md'],
    answer: /app\.set\('trust proxy', 1\)/,
  },
  {
    ask: 'I come from express-jwt. What do I write in place of it?',
    clicks: ['packages/docs/migrating/index.md', 'packages/docs/migrating/express-jwt.md'],
    answer: /expressAuth/,
  },
  {
    ask: 'When does it let a request through though it cannot be sure?',
    clicks: ['packages/docs/guide/security-model.md'],
    answer: /Where it fails open, on purpose/,
  },
]

test.each(questions)('at most two clicks: $ask', async ({ clicks, answer }) => {
  expect(clicks.length).toBeLessThanOrEqual(2)
  let here = await readDocument('README.md')
  for (const click of clicks) {
    const targets = linksOf(here.markdown).map(({ target }) =>
      normalize(join(dirname(here.path), target.split('#')[0] ?? '')),
    )
    expect(targets, here.path).toContain(click)
    here = await readDocument(click)
  }
  expect(here.text).toMatch(answer)
})
