import { refuseUnknownOptions } from '../config-error.js'
import type { IssuerOptions } from '../issuer-options.js'
import { requireValues } from './host.js'

/** Whose CI/CD jobs are accepted. */
export interface GitlabOidcOptions {
  /** The audience that the job asks for: `id_tokens: { TOKEN: { aud: … } }`. */
  readonly audience: string | readonly string[]
  /** The IDs of the projects (numbers, as text) whose jobs are accepted. */
  readonly projectIds: string | readonly string[]
  /** The instance's URL, as tokens name it. Default `https://gitlab.com`. */
  readonly url?: string
}

/**
 * Gives the options for ID tokens of GitLab CI/CD jobs (workload identity).
 *
 * - Anybody on the instance can run a job that asks for your audience. Only the project tells your jobs from others, so you
 *   must name it. Name it by ID, because others can take a path that was given up.
 * - Jobs on any branch of the project get such tokens, so anybody who may push a branch can get one. For deployments, compare
 *   `ref`, `ref_type`, `ref_protected` (the text `"true"`) or `environment` in the route.
 * - A token is good for as long as the job may run. This is for tokens of `id_tokens`; GitLab 17 has removed `CI_JOB_JWT`.
 *
 * @throws ConfigError if no project is given
 */
export function gitlabOidc(options: GitlabOidcOptions): IssuerOptions {
  refuseUnknownOptions('gitlabOidc', options, { audience: true, projectIds: true, url: true })
  const { audience, projectIds, url = 'https://gitlab.com' } = options
  return {
    issuer: url,
    audience,
    algorithms: ['RS256'],
    requiredClaims: { project_id: requireValues('gitlabOidc: projectIds', projectIds) },
  }
}
