import type { IssuerOptions } from '../issuer-options.js'
import { requireList } from './host.js'

/** Whose CI/CD jobs are accepted. */
export interface GitlabOidcOptions {
  /** What the job asks for: `id_tokens: { TOKEN: { aud: … } }`. */
  readonly audience: string | readonly string[]
  /** IDs of the projects (numbers, as text) whose jobs are accepted. */
  readonly projectIds: string | readonly string[]
  /** The instance. Default `https://gitlab.com`. */
  readonly url?: string
}

/**
 * ID tokens of GitLab CI/CD jobs: workload identity.
 *
 * - Anybody on the instance can run a job that asks for your audience. The project is what tells yours from theirs, so it must
 *   be said; by ID, since a path can be given up and taken by others.
 * - Any branch of the project, and with it anybody who may push one, gets such tokens. For deployments compare `ref`,
 *   `ref_type`, `ref_protected` (the text `"true"`) or `environment` in the route.
 * - A token is good for as long as the job may run. `CI_JOB_JWT` is gone since GitLab 17; tokens of `id_tokens` are meant here.
 */
export function gitlabOidc({ audience, projectIds, url = 'https://gitlab.com' }: GitlabOidcOptions): IssuerOptions {
  return {
    issuer: url,
    audience,
    algorithms: ['RS256'],
    requiredClaims: { project_id: requireList('gitlabOidc: projectIds', projectIds) },
  }
}
