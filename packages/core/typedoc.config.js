/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  // Types of members that the library's own parts call on each other. An app passes such an object on and calls none of them.
  intentionallyNotExported: [
    'src/auth-error.ts:ChallengeRules',
    'src/binding/binding.ts:Binding',
    'src/binding/binding.ts:BoundRequest',
    'src/binding/binding.ts:ProofVerdict',
    'src/binding/challenger.ts:Challenger',
    'src/csrf/check-origin.ts:CheckOrigin',
    'src/protected-resource.ts:ResourceContext',
    'src/requirement/requirement.ts:FurtherRequirement',
    'src/token-source/authorization.ts:AuthScheme',
    'src/token/claims-schema.ts:SchemaResult',
    'src/token/verified-token.ts:VerifiedToken',
  ],
}
