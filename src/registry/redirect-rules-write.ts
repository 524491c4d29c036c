// Redirect rules → configuration of nginx, Apache httpd or HAProxy.
import { pathPattern, type RedirectForm, type RedirectRule, redirectForms } from './redirect-rules.js'

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
    const lines = formsOf(own).map(([rule, { pattern, location }]) => {
      const action =
        location === undefined
          ? `return 410 "${goneText(rule, context)}\\n";`
          : `return 308 "${withGroups(location, '$')}";`
      return `    if ($request_uri ~* "${pattern}") { ${action} }\n`
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
  const parts = formsOf(rules).map(([{ host }, form]) => {
    // THE_REQUEST is the request line as sent: method, path and query, version.
    const pattern = form.pattern
      .replace(/^\^/, '^[A-Z]+ ')
      .replaceAll('[^?]', '[^? ]')
      .replaceAll(/\.(?=[*+][)$])/g, '[^ ]')
      .replaceAll('[/?]|$', '[/? ]|$')
      .replace(/\$$/, '(?: HTTP/.*)?$')
    return `RewriteCond "%{HTTP_HOST}" "^${hostPattern(host)}(?::[0-9]+)?$" [NC]
RewriteCond "%{THE_REQUEST}" "${pattern}" [NC]
${apacheAction(form)}
`
  })
  return `# ${made}
# For a virtual host of Apache httpd 2.4 with mod_rewrite.
RewriteEngine On
ErrorDocument 410 "This address is closed. More about it: ${context.movedUrl}"

${parts.join('\n')}`
}

/** Without a query in the substitution httpd puts that of the request there by itself. */
function apacheAction({ location }: RedirectForm): string {
  if (location === undefined) return 'RewriteRule ^ - [G,L]'
  const target = withGroups(location.replaceAll('%', '\\%').replace('{search}', ''), '%')
  const query = location.includes('?') || location.endsWith('{search}') ? '' : ',QSD'
  return `RewriteRule ^ "${target}" [R=308,NE${query},L]`
}

/** For a frontend of HAProxy 2.2 or later. */
function haproxy(rules: readonly RedirectRule[], context: RuleContext): string {
  const hosts = byHost(rules).map(([host, own], index) => {
    const acl = `waymark_host_${index + 1}`
    const lines = formsOf(own).map(([rule, { pattern, location, queryStart }]) => {
      // In double quotation marks $ begins the name of a variable.
      const condition = `if ${acl} { pathq -m reg -i '${pattern}' }`
      if (location === undefined)
        return `    http-request return status 410 content-type "text/plain" string "${goneText(rule, context)}" ${condition}\n`
      const path = pathPattern(rule.segments)
      const target = location
        .replaceAll('%', '%%')
        .replace('{path}{search}', `%[pathq,regsub('^${path}','',i)]`)
        .replace('{path}', `%[path,regsub('^${path}','',i)]`)
        .replace('{query}', queryStart === '' ? '%[query]' : `%[query,regsub('^${queryStart}','',i)]`)
      return `    http-request redirect code 308 location "${target}" ${condition}\n`
    })
    return `    acl ${acl} hdr(host),field(1,:) -m str -i ${host}\n${lines.join('')}`
  })
  return `# ${made}\n# For a frontend of HAProxy 2.2 or later.\n\n${hosts.join('\n')}`
}

function formsOf(rules: readonly RedirectRule[]): readonly (readonly [RedirectRule, RedirectForm])[] {
  return rules.flatMap((rule) => redirectForms(rule).map((form) => [rule, form] as const))
}

/** What the location puts in, as the groups of the pattern: `$1`, `$2`. */
function withGroups(location: string, sign: string): string {
  let count = 0
  return location.replace(/\{\w+\}/g, () => `${sign}${++count}`)
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
