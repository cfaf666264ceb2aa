import type { IssuerOptions } from '../issuer-options.js'
import { requireList } from './host.js'

/** Whose workflows are accepted. */
export interface GithubActionsOptions {
  /** What the job asks for: `core.getIDToken(audience)`. The default of GitHub is the owner's URL, which says little. */
  readonly audience: string | readonly string[]
  /** Repositories whose workflows are accepted: `OWNER/NAME`. */
  readonly repositories: string | readonly string[]
}

/**
 * ID tokens of GitHub Actions: workload identity.
 *
 * - Anybody on GitHub can run a workflow that asks for your audience. The repository is what tells yours from theirs, so it
 *   must be said. A name that was given up can be taken by others: compare `repository_id` too where that matters.
 * - Every workflow of the repository, on any branch, gets such tokens, where its job has `permissions: id-token: write`; a pull
 *   request from a fork does not. For deployments compare `ref`, `environment` or `job_workflow_ref` in the route.
 * - A token lives for some minutes. Enterprises may have an issuer of their own, `…/ENTERPRISE`: then write the options out.
 */
export function githubActions({ audience, repositories }: GithubActionsOptions): IssuerOptions {
  return {
    issuer: 'https://token.actions.githubusercontent.com',
    audience,
    algorithms: ['RS256'],
    requiredClaims: { repository: requireList('githubActions: repositories', repositories) },
  }
}
