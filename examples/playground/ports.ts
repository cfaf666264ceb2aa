/**
 * The port of each server. The apps take the three ports after that of the provider, the other site the fourth, https the
 * fifth.
 */
export interface Ports {
  readonly provider: number
  readonly fastify: number
  readonly express: number
  readonly hono: number
  readonly otherSite: number
  readonly https: number
}

/**
 * @param first the value of PORT: the first of the ports, by default 4000, or 0 for any free ones
 * @throws RangeError if it is not such a port
 */
export function choosePorts(first = '4000'): Ports {
  const port = Number(first)
  if (!/^\d+$/.test(first) || port > 65_531) throw new RangeError('PORT must be a whole number from 0 to 65531.')
  const next = (n: number) => (port === 0 ? 0 : port + n)
  return { provider: port, fastify: next(1), express: next(2), hono: next(3), otherSite: next(4), https: next(5) }
}

/** Advice for an error at start: one line if a port is taken, undefined for any other error. */
export function portTaken(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') return undefined
  const port = 'port' in error ? `Port ${error.port}` : 'A port'
  return `${port} is taken. Choose the first of five free ones in a row: PORT=5000 npx -y pnpm@10 start`
}
