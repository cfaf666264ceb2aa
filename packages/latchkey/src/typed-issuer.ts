/** What to do about an issuer that `createVerifier` refuses: in the words of the command line, where it was typed under that name. */
export function issuerAdvice(name: string, issuer: string): string {
  const lines = [
    `latchkey: ${name} must be a URL that begins with https://, such as https://id.example, without a user name or password.`,
    'Plain http works only for this machine, such as http://localhost:8080.',
    ...withScheme(issuer),
  ]
  return lines.join('\n')
}

/** A host alone is no issuer. */
function withScheme(issuer: string): readonly string[] {
  return /^[\w-]+(?:\.[\w-]+)+(?:[:/]\S*)?$/.test(issuer) ? [`Did you mean https://${issuer}?`] : []
}
