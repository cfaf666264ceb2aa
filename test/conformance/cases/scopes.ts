import { type Case, cookie, type Expected, type Topic } from '../harness/case.js'
import type { Members } from '../harness/mint.js'

function on(path: string, over: Members, expect: Expected, name: string): Case {
  return { name: `${path}: ${name}`, path, token: (mint) => mint.jwt({ claims: over }), expect }
}

export const scopes: Topic = {
  name: 'scopes',
  cases: [
    on('/read', { scope: 'read' }, 'accepted', 'the scope alone'),
    on('/read', { scope: 'openid read write' }, 'accepted', 'the scope among others'),
    on('/read', { scope: 'write read' }, 'accepted', 'the scope last'),
    on('/read', { scope: ['read'] }, 'accepted', 'scope as a list'),
    on('/read', { scope: ['openid', 'read'] }, 'accepted', 'scope as a longer list'),
    on('/read', { scp: 'read' }, 'accepted', 'scp as a string (Microsoft)'),
    on('/read', { scp: 'User.Read read' }, 'accepted', 'scp as a longer string'),
    on('/read', { scp: ['read', 'write'] }, 'accepted', 'scp as a list (Okta)'),
    on('/read', {}, 'scope_insufficient', 'no scope at all'),
    on('/read', { scope: '' }, 'scope_insufficient', 'an empty scope'),
    on('/read', { scope: [] }, 'scope_insufficient', 'an empty list'),
    on('/read', { scope: 'write' }, 'scope_insufficient', 'another scope'),
    on('/read', { scope: 'admin' }, 'scope_insufficient', 'a scope that sounds like more'),
    on('/read', { scope: 'READ' }, 'scope_insufficient', 'upper case'),
    on('/read', { scope: 'Read' }, 'scope_insufficient', 'mixed case'),
    on('/read', { scope: 'reader' }, 'scope_insufficient', 'a longer word'),
    on('/read', { scope: 'rea' }, 'scope_insufficient', 'a shorter word'),
    on('/read', { scope: 'posts:read' }, 'scope_insufficient', 'the word behind a colon'),
    on('/read', { scope: 'read:posts' }, 'scope_insufficient', 'the word before a colon'),
    on('/read', { scope: 'read,write' }, 'scope_insufficient', 'separated by a comma'),
    on('/read', { scope: 'read\twrite' }, 'scope_insufficient', 'separated by a tab'),
    on('/read', { scope: 'read\nwrite' }, 'scope_insufficient', 'separated by a line feed'),
    on('/read', { scope: '*' }, 'scope_insufficient', 'a star is a word like others'),
    on('/read', { scopes: 'read' }, 'scope_insufficient', 'a claim that is called otherwise'),
    on('/read', { permissions: ['read'], roles: ['read'] }, 'scope_insufficient', 'permissions and roles are no scope'),
    on('/admin', { scope: 'read admin' }, 'accepted', 'both scopes'),
    on('/admin', { scope: 'admin read' }, 'accepted', 'both, in the other order'),
    on('/admin', { scope: ['admin', 'x', 'read'] }, 'accepted', 'both in a list'),
    on('/admin', { scp: ['read', 'admin'] }, 'accepted', 'both in scp'),
    on('/admin', { scope: 'read' }, 'scope_insufficient', 'only the first'),
    on('/admin', { scope: 'admin' }, 'scope_insufficient', 'only the second'),
    on('/admin', {}, 'scope_insufficient', 'neither'),
    on('/admin', { scope: 'readadmin' }, 'scope_insufficient', 'run together'),
    on('/admin', { scope: 'read admin', aud: 'https://other.example' }, 'token_rejected', 'both, for another audience'),
    // Reading: a scope that is neither a string nor a list of strings grants nothing; it is not among the claims whose
    // type DESIGN makes a reason to reject.
    on('/read', { scope: { read: true } }, 'scope_insufficient', 'scope as an object'),
    on('/read', { scope: true }, 'scope_insufficient', 'scope as a boolean'),
    on('/read', { scope: 7 }, 'scope_insufficient', 'scope as a number'),
    on('/me', { scope: 'openid profile' }, 'accepted', 'shows the scopes of a string'),
    on('/me', { scope: ['openid', 'profile'] }, 'accepted', 'shows the scopes of a list'),
    on('/me', { scp: 'openid profile' }, 'accepted', 'shows the scopes of scp'),
    on('/me', { scope: '' }, 'accepted', 'shows an empty scope'),
    {
      name: '/read: a cookie with the scope',
      server: 'cookie',
      path: '/read',
      token: (m) => m.jwt({ claims: { scope: 'read' } }),
      fields: cookie,
      expect: 'accepted',
    },
    {
      name: '/read: a cookie without it',
      server: 'cookie',
      path: '/read',
      token: (m) => m.jwt(),
      fields: cookie,
      expect: 'scope_insufficient',
    },
    { name: '/read: nobody', path: '/read', expect: 'token_missing' },
    {
      name: '/admin: an expired token with both scopes',
      path: '/admin',
      token: (m) => m.jwt({ claims: { scope: 'read admin', exp: m.now - 60 } }),
      expect: 'token_expired',
    },
  ],
}
