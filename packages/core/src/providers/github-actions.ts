import { refuseUnknownOptions } from '../config-error.js'
import type { IssuerOptions } from '../issuer-options.js'
import { requireValues } from './host.js'

/** Whose workflows are accepted. */
export interface GithubActionsOptions {
  /**
   * The audience that the job asks for: `core.getIDToken(audience)`. GitHub's own default is the owner's URL, which says
   * little.
   */
  readonly audience: string | readonly string[]
  /** The repositories whose workflows are accepted: `OWNER/NAME`. */
  readonly repositories: string | readonly string[]
}

/**
 * Gives the options for ID tokens of GitHub Actions (workload identity).
 *
 * - Anybody on GitHub can run a workflow that asks for your audience. Only the repository tells your workflows from others, so
 *   you must name it. Others can take a name that was given up; if that matters, compare `repository_id` too.
 * - Every workflow of the repository, on any branch, gets such tokens if its job has `permissions: id-token: write`. A pull
 *   request from a fork does not. For deployments, compare `ref`, `environment` or `job_workflow_ref` in the route.
 * - A token lives for some minutes. An enterprise may have its own issuer, `…/ENTERPRISE`; then write the options yourself.
 *
 * @throws ConfigError if no repository is given
 */
export function githubActions(options: GithubActionsOptions): IssuerOptions {
  refuseUnknownOptions('githubActions', options, { audience: true, repositories: true })
  const { audience, repositories } = options
  return {
    issuer: 'https://token.actions.githubusercontent.com',
    audience,
    algorithms: ['RS256'],
    requiredClaims: { repository: requireValues('githubActions: repositories', repositories) },
  }
}
