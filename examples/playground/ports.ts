/** Where the provider listens; the apps take the three ports after it, the other site the fourth, https the fifth. */
export interface Ports {
  readonly provider: number
  readonly fastify: number
  readonly express: number
  readonly hono: number
  readonly otherSite: number
  readonly https: number
}

/**
 * @param first the value of PORT: the first of five ports in a row, 4000 where absent, or 0 for any that are free
 * @throws RangeError for what is no such port
 */
export function choosePorts(first = '4000'): Ports {
  const port = Number(first)
  if (!/^\d+$/.test(first) || port > 65_531) throw new RangeError('PORT must be a whole number from 0 to 65531.')
  const next = (n: number) => (port === 0 ? 0 : port + n)
  return { provider: port, fastify: next(1), express: next(2), hono: next(3), otherSite: next(4), https: next(5) }
}

/** What to do about an error at start: one line for a port that is taken, undefined for any other. */
export function portTaken(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') return undefined
  const port = 'port' in error ? `Port ${error.port}` : 'A port'
  return `${port} is taken. Choose the first of five free ones in a row: PORT=5000 npx -y pnpm@10 start`
}
