// Redirect rules → configuration of nginx, Apache httpd or HAProxy.
import { pathPattern, type RedirectRule, requestPattern, targetWith } from './redirect-rules.js'

/** Where people find out more: `https://vo.example.org/moved`. */
export interface RuleContext {
  readonly movedUrl: string
}

type RuleWriter = (rules: readonly RedirectRule[], context: RuleContext) => string

/** The web servers that rules are written for. */
export const ruleWriters: Readonly<Record<'nginx' | 'apache' | 'haproxy', RuleWriter>> = { nginx, apache, haproxy }

const made = 'Written by "waymark moves rules" from the list of moves; changes belong there.'

/**
 * One server block for each host. The request as it was sent is matched, not the decoded one: a decoded %0d%0a in a
 * Location header would let a stranger write headers.
 */
function nginx(rules: readonly RedirectRule[], context: RuleContext): string {
  const blocks = byHost(rules).map(([host, own]) => {
    const lines = own.map((rule) => {
      const action =
        rule.target === undefined
          ? `return 410 "${goneText(rule, context)}\\n";`
          : `return 308 "${targetWith(rule, rule.target, '$1', '$2')}";`
      return `    if ($request_uri ~* "${requestPattern(rule)}") { ${action} }\n`
    })
    return `server {
    listen 80;
    # listen 443 ssl; with ssl_certificate and ssl_certificate_key, for as long as clients come by https
    server_name ${host};
    types { }
    default_type text/plain;
    client_max_body_size 0;

${lines.join('')}
    location / { return 404 "Nothing is known about this address.\\n"; }
}
`
  })
  return `# ${made}\n# For the http block of nginx 1.13 or later. On a host that goes on serving other things, take the lines with "if" only.\n\n${blocks.join('\n')}`
}

/** For mod_rewrite in the virtual host of the former host, before other rules. */
function apache(rules: readonly RedirectRule[], context: RuleContext): string {
  const parts = rules.map((rule) => {
    // THE_REQUEST is the request line as sent: method, path and query, version.
    const pattern = requestPattern(rule)
      .replace(/^\^/, '^[A-Z]+ ')
      .replaceAll('[^?]', '[^? ]')
      .replaceAll('.*', '[^ ]*')
      .replaceAll('[/?]|$', '[/? ]|$')
    const target = rule.target?.replaceAll('%', '\\%')
    // httpd keeps the query by itself; a ? in the substitution is refused where it could have come from the client.
    const query = rule.isExact ? ',QSD' : ''
    const action =
      target === undefined
        ? 'RewriteRule ^ - [G,L]'
        : `RewriteRule ^ "${targetWith(rule, target, '%1', '')}" [R=308,NE${query},L]`
    return `RewriteCond "%{HTTP_HOST}" "^${hostPattern(rule.host)}(?::[0-9]+)?$" [NC]
RewriteCond "%{THE_REQUEST}" "${pattern.replace(/\$$/, '(?: HTTP/.*)?$')}" [NC]
${action}
`
  })
  return `# ${made}
# For a virtual host of Apache httpd 2.4 with mod_rewrite.
RewriteEngine On
ErrorDocument 410 "This address is closed. More about it: ${context.movedUrl}"

${parts.join('\n')}`
}

/** For a frontend of HAProxy 2.2 or later. */
function haproxy(rules: readonly RedirectRule[], context: RuleContext): string {
  const hosts = byHost(rules).map(([host, own], index) => {
    const acl = `waymark_host_${index + 1}`
    const lines = own.map((rule) => {
      // In double quotation marks $ begins the name of a variable.
      const condition = `if ${acl} { pathq -m reg -i '${requestPattern(rule)}' }`
      if (rule.target === undefined)
        return `    http-request return status 410 content-type "text/plain" string "${goneText(rule, context)}" ${condition}\n`
      const target = rule.target.replaceAll('%', '%%')
      const before =
        rule.query === undefined ? pathPattern(rule.segments) : requestPattern({ ...rule, except: [] }).slice(1, -5)
      const rest = `%[pathq,regsub('^${before}','',i)]`
      return `    http-request redirect code 308 location "${targetWith(rule, target, rest, '')}" ${condition}\n`
    })
    return `    acl ${acl} hdr(host),field(1,:) -m str -i ${host}\n${lines.join('')}`
  })
  return `# ${made}\n# For a frontend of HAProxy 2.2 or later.\n\n${hosts.join('\n')}`
}

function goneText({ note, host, segments }: RedirectRule, { movedUrl }: RuleContext): string {
  const url = encodeURI(`http://${[host, ...segments].join('/')}`).replace(/[$'#%]/g, '')
  return `${note} More: ${movedUrl}?url=${url}`
}

function hostPattern(host: string): string {
  return host.replaceAll('.', '[.]')
}

function byHost(rules: readonly RedirectRule[]): readonly (readonly [string, readonly RedirectRule[]])[] {
  const hosts = new Map<string, RedirectRule[]>()
  for (const rule of rules) hosts.set(rule.host, [...(hosts.get(rule.host) ?? []), rule])
  return [...hosts]
}
