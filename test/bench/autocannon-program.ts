import { readFileSync } from 'node:fs'
import autocannon from 'autocannon'

/** Stands in for wrk where that is not installed: a URL, a file of tokens, a number of connections; runs until it is killed. */
function main([url = '', file = '', connections = '']: readonly string[]): void {
  const tokens = readFileSync(file, 'utf8').trim().split('\n')
  const requests = tokens.map((token) => ({ headers: { authorization: `Bearer ${token}` } }))
  // No time-out: it is stopped for longer than any answer takes.
  void autocannon({ url, connections: Number(connections), duration: 3600, timeout: 3600, requests })
}

main(process.argv.slice(2))
