/** An element with text, or other elements, in it. */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...children)
  return made
}

/** A word on a coloured background. `kind` is good, bad or odd. */
export function badge(text, kind = '') {
  return element('span', { className: `badge ${kind}` }, text)
}

/** One response: the request, the status, and the error code or the body. */
export function answer({ method, path, status, body }) {
  const line = element(
    'p',
    {},
    element('code', {}, `${method} ${path}`),
    ' ',
    badge(status, status < 400 ? 'good' : 'bad'),
  )
  if (body?.code) line.append(' ', element('code', {}, body.code))
  const text = body?.detail ?? (body === undefined ? '' : JSON.stringify(body))
  return element('div', { className: 'step' }, line, element('p', { className: 'body' }, text))
}

const meaning = {
  session_started: () => 'A log-in began a session.',
  session_bound: () => 'The browser has bound the session to a key of this device.',
  device_mismatch: () => 'Somebody without the key of the device has tried to refresh.',
  session_refreshed: ({ repeated }) =>
    repeated ? 'Two asked at once: both got the same new token.' : 'The refresh token was exchanged for a new one.',
  session_ended: ({ reason }) => `The session is over: ${reason}.`,
  refresh_reused: () => 'An old refresh token came back: it was stolen, or its successor was.',
  denied: ({ code }) => `Refused: ${code}.`,
  keys_refreshed: ({ issuer }) => `The keys of ${issuer} were fetched.`,
}
const kinds = { denied: 'bad', refresh_reused: 'bad', session_started: 'good', session_refreshed: 'good' }

/** One event of the library. */
export function event(reported) {
  const { type, at, session } = reported
  const time = new Date(at)
  const item = element(
    'li',
    {},
    element('time', { dateTime: time.toISOString() }, time.toLocaleTimeString('en-GB')),
    ' ',
    badge(type, kinds[type] ?? 'odd'),
    element('p', {}, meaning[type]?.(reported) ?? ''),
  )
  if (session) item.append(element('p', { className: 'body' }, `session ${session}`))
  item.dataset.event = JSON.stringify(reported)
  return item
}

/** A signing key, with its state before a rotation and now. */
export function keyRow({ kid, state }, before) {
  const then = before?.find((key) => key.kid === kid)?.state ?? (before ? 'not there' : '')
  const kinds = { active: 'good', retiring: 'odd' }
  return element(
    'tr',
    {},
    element('td', {}, element('code', {}, `${kid.slice(0, 12)}…`)),
    element('td', {}, then),
    element('td', {}, badge(state, kinds[state])),
  )
}
