// The version of the package, for --version, User-Agent and reports.
import { readProjectJson } from '../core/project-files.js'

export const version = readProjectJson<{ version: string }>('package.json').version
