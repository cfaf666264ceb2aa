import type { Login } from '@latchkey/session'

const scopes = new Map([
  ['alice', ['posts:read']],
  ['editor', ['posts:read', 'posts:write']],
])

/** Replace this with your own check of a name and a password. */
export function findUser(form: unknown): Login | undefined {
  const name = typeof form === 'object' && form !== null && 'name' in form ? String(form.name) : ''
  const scope = scopes.get(name)
  return scope === undefined ? undefined : { sub: name, scope }
}
