import { headers } from 'next/headers'
import { verifier } from '../../auth'

/** Checks the token again: a page that a change to the proxy's matcher left open shows nothing. */
export default async function Account() {
  const token = (await headers()).get('authorization')?.replace(/^Bearer /, '') ?? ''
  const { claims } = await verifier.verify(token)
  return <p>Signed in as {claims.sub}</p>
}
