// The setting `uploadHosts` → the hosts from which tables are fetched although their addresses are not public.
import { RegistryError } from '../core/errors.js'

/** `name`, `name:port`, `192.0.2.1` or `[::1]:8080`. */
const hostPattern = /^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/

/** Takes the comma-separated list apart, in lower case. Throws kind `usage` naming what is no host. */
export function readUploadHosts(text: string): readonly string[] {
  const hosts = text
    .split(',')
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== '')
  for (const host of hosts) {
    if (!hostPattern.test(host))
      throw new RegistryError(
        'usage',
        `--upload-hosts (WAYMARK_UPLOAD_HOSTS) has "${host}"; expected names of hosts, as files.example.org or localhost:8090, separated by commas.`,
      )
  }
  return hosts
}
