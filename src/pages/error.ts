// What went wrong → a page that says so and where to go next.
import { html } from './html.js'
import { page, pathOf, type Site } from './layout.js'

/** An error page; `message` is written for the person who asked. */
export function errorPage(site: Site, status: number, message: string): string {
  const content = html`<h1>${headingOf(status)}</h1>
<div class="notice bad"><p>${message}</p></div>
<p><a class="button" href="${pathOf(site)}/">All services</a> <a class="button" href="${pathOf(site)}/moved">Look up a former address</a></p>`
  return page(site, headingOf(status), undefined, content)
}

function headingOf(status: number): string {
  switch (status) {
    case 404:
      return 'There is no such page'
    case 405:
      return 'That cannot be done here'
    case 429:
    case 503:
      return 'Too busy at the moment'
    default:
      return status >= 500 ? 'Something went wrong here' : 'This request cannot be answered'
  }
}
