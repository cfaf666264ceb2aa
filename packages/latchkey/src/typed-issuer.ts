/**
 * Says how to write an issuer that `createVerifier` has refused.
 *
 * @param name the option or argument that it was typed as
 */
export function issuerAdvice(name: string, issuer: string): string {
  const lines = [
    `latchkey: ${name} must be a URL that begins with https://, such as https://id.example, without a user name or password.`,
    'Plain http works only for this machine, such as http://localhost:8080.',
    ...withScheme(issuer),
  ]
  return lines.join('\n')
}

/** Suggests `https://` if only a host was typed. */
function withScheme(issuer: string): readonly string[] {
  return /^[\w-]+(?:\.[\w-]+)+(?:[:/]\S*)?$/.test(issuer) ? [`Did you mean https://${issuer}?`] : []
}
