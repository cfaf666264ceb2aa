let refreshing

/**
 * Like fetch, but if the access token has expired, refreshes the session once and tries again.
 *
 * @param seen called with each response, that of the refresh included
 */
export async function call(path, init, seen = () => {}) {
  const first = await send(path, init, seen)
  if (first.status !== 401) return first
  const { ok } = await refresh(seen)
  return ok ? send(path, init, seen) : first
}

/** Refreshes the session. Requests that need this at the same time share one refresh. */
export function refresh(seen = () => {}) {
  refreshing ??= send('/session/refresh', { method: 'POST' }, seen).finally(() => {
    refreshing = undefined
  })
  return refreshing
}

/** Sends one request, without trying again. */
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
