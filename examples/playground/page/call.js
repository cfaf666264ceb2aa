let refreshing

/**
 * Like fetch; where the access token has expired, refreshes the session once and tries again.
 *
 * @param seen is given each answer on the way
 */
export async function call(path, init, seen = () => {}) {
  const first = await send(path, init, seen)
  if (first.status !== 401) return first
  const { ok } = await refresh(seen)
  return ok ? send(path, init, seen) : first
}

/** Exchanges the refresh token; requests that need it at the same time share one exchange. */
export function refresh(seen = () => {}) {
  refreshing ??= send('/session/refresh', { method: 'POST' }, seen).finally(() => {
    refreshing = undefined
  })
  return refreshing
}

/** One request, without a second attempt. */
export async function send(path, init, seen = () => {}) {
  const response = await fetch(path, init)
  seen({
    method: init?.method ?? 'GET',
    path,
    status: response.status,
    body: await response
      .clone()
      .json()
      .catch(() => undefined),
  })
  return response
}
