import { call, refresh, send } from './call.js'
import * as show from './show.js'

const $ = (id) => document.getElementById(id)
const post = { method: 'POST' }
let session = { sub: null }
// The event can come before the answer that says which session is ours.
const bound = new Set()
let lifetime = 0

// The session. No script can read the cookies, so the page asks the app who is logged in.

async function showSession(said = '') {
  const response = await send('/session')
  session = response.ok ? await response.json() : { sub: null }
  const isIn = session.sub !== null
  $('login').hidden = isIn
  $('session').hidden = !isIn
  for (const id of ['rotate', 'copy', 'refresh-twice', 'replay']) $(id).disabled = !isIn
  if (isIn) {
    $('sub').textContent = session.sub
    $('scope').replaceChildren(...session.scope.flatMap((word) => [show.badge(word), ' ']))
    $('sid').textContent = session.sid
    $('device').textContent = deviceText()
    lifetime = Math.max(lifetime, secondsLeft())
  }
  $('status').textContent = said
  tick()
}

function deviceText() {
  if (session.bound || bound.has(session.sid))
    return 'bound: a copy of the cookies works only until the access token expires'
  return location.protocol === 'https:'
    ? 'not bound: this browser cannot, or the device has no hardware for keys'
    : 'not bound: a browser binds a session only over https (see TLS_CERT in the README)'
}

const proofRequired = 'The browser does that by itself, with a proof: this session is bound to your device.'

const secondsLeft = () => Math.max(0, Math.ceil(session.expiresAt - Date.now() / 1000))

function tick() {
  const { cookie } = document
  $('cookie').textContent = cookie === '' ? '"" (empty)' : JSON.stringify(cookie)
  const isIn = session.sub !== null
  const left = isIn ? secondsLeft() : 0
  const before = document.body.dataset.state
  const state = isIn ? (left > 0 ? 'in' : 'expired') : 'out'
  document.body.dataset.state = state
  if (state === 'expired' && before === 'in')
    $('status').textContent = 'The access token has expired. Call a route, or refresh.'
  if (!isIn) return
  $('left').textContent = left > 0 ? `expires in ${left} s` : 'expired'
  Object.assign($('life'), { max: lifetime, value: left })
}

/** Runs a task when a button is clicked, one at a time. Shows a notice if the app cannot be reached. */
function on(id, task) {
  const button = $(id)
  button.addEventListener('click', async () => {
    if (button.ariaBusy === 'true') return
    button.ariaBusy = 'true'
    await task().catch(() => {
      $('status').textContent = 'The app does not answer. Is it still running?'
    })
    button.ariaBusy = 'false'
  })
}

$('login').addEventListener('submit', async (submitted) => {
  submitted.preventDefault()
  const form = new FormData($('login'))
  const login = { user: form.get('user'), admin: form.has('admin') }
  const headers = { 'content-type': 'application/json' }
  const { ok } = await send('/session', { method: 'POST', headers, body: JSON.stringify(login) })
  await showSession(ok ? 'You are logged in.' : 'You cannot log in with this name.')
  if (ok) $('refresh').focus()
})

on('refresh', async () => {
  const { ok, status } = await refresh()
  const over = status === 403 ? proofRequired : 'This session is over. Log in again.'
  await showSession(ok ? 'Both tokens are new.' : over)
})

on('end', async () => {
  session = { sub: null }
  await send('/session', { method: 'DELETE' })
  await showSession('You are logged out.')
  $('user').focus()
})

on('end-all', async () => {
  session = { sub: null }
  await call('/session/all', { method: 'DELETE' })
  await showSession('All sessions of this user are over.')
  $('user').focus()
})

// Guarded routes.

for (const button of $('routes').children) {
  button.addEventListener('click', async () => {
    const [method, path] = button.dataset.call.split(' ')
    const steps = []
    await ($('auto').checked ? call : send)(path, { method }, (step) => steps.push(show.answer(step)))
    $('answer').replaceChildren(...steps)
    if (steps.length > 1) await showSession()
  })
}

// Pages from elsewhere, and the other apps.

async function showPlaces() {
  const { apps, otherSite } = await (await send('/places')).json()
  for (const { name, port } of apps) {
    const link = show.element('a', { href: `http://${location.hostname}:${port}/` }, name)
    if (port === location.port) link.ariaCurrent = 'page'
    $('apps').append(show.element('li', {}, link))
  }
  const open = (host, said) => async () => {
    $('other').src = `http://${host}:${otherSite}/?port=${location.port}`
    $('other').hidden = false
    $('other-status').textContent = said
  }
  on(
    'other-site',
    open('127.0.0.1', 'Its requests come without your cookies (SameSite), and session verbs refuse them.'),
  )
  on(
    'other-origin',
    open('localhost', 'Its requests carry your cookies, as those of a subdomain would. The app refuses them.'),
  )
}

// Keys.

async function showKeys(before) {
  const keys = await (await send('/keys')).json()
  $('keys').replaceChildren(...keys.map((key) => show.keyRow(key, before)))
  return keys
}

on('rotate', async () => {
  const before = await showKeys()
  const { ok } = await call('/keys/rotate', post)
  await showKeys(before)
  $('keys-status').textContent = ok ? 'Rotated. Tokens that the old key signed are still good.' : 'Log in first.'
})

// The thief.

on('copy', async () => {
  const { copied } = await (await call('/thief', post)).json()
  $('thief-status').textContent = copied ? 'The thief has a copy.' : 'There is nothing to copy.'
})

on('refresh-twice', async () => {
  await refresh()
  const { ok, status } = await refresh()
  await showSession()
  const over = status === 403 ? proofRequired : 'This session is over.'
  $('thief-status').textContent = ok ? 'You hold a newer token; the copy is old.' : over
})

on('replay', async () => {
  const { status, code } = await (await call('/thief/refresh', post)).json()
  $('thief-status').textContent =
    status === 200
      ? 'The thief is in, because the copy was still good. Refresh, and the app notices the theft.'
      : code === 'proof_required'
        ? 'The thief got 403 proof_required: the copy is worth nothing without your device. You stay logged in.'
        : `The thief got ${status} ${code ?? ''}. The session is over, for both.`
})

// Events.

const source = new EventSource('/events')
source.onopen = () => showLive('live', 'good')
source.onerror = () => showLive('reconnecting', 'odd')
source.onmessage = ({ data }) => {
  const reported = JSON.parse(data)
  $('events').prepend(show.event(reported))
  $('latest-type').textContent = reported.type
  $('latest').hidden = false
  while ($('events').children.length > 100) $('events').lastChild.remove()
  if (reported.type === 'session_bound') bound.add(reported.session)
  if (reported.type === 'session_bound' && reported.session === session.sid) void showSession('Bound to this device.')
  if (reported.type === 'session_ended' && reported.session === session.sid) void showSession('This session has ended.')
}

function showLive(text, kind) {
  Object.assign($('live'), { textContent: text, className: `badge ${kind}` })
}

on('clear', async () => $('events').replaceChildren())

setInterval(tick, 500)
await Promise.all([showSession(), showPlaces(), showKeys()])
