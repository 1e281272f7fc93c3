import type { HttpRequest, ReadyRequest } from './weighted-request.ts'

/** What a request takes from its load. */
export interface RequestDefaults {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** @returns `request` with all that it does not say; checked with `pathProblem` before */
export function readyRequest(request: HttpRequest, defaults: RequestDefaults): ReadyRequest {
  const { method = request.body === undefined ? 'GET' : 'POST', path, headers, body } = request
  return {
    method,
    path: path === undefined ? defaults.path : escaped(path),
    headers: { ...defaults.headers, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? Buffer.from(body) : body }),
  }
}

/** Why it cannot be asked for; nothing when it can. */
export function pathProblem(path: string): string | undefined {
  if (!path.startsWith('/')) return `the path ${JSON.stringify(shownPath(path))} does not begin with /`
  if (path.includes('#')) return `the path ${JSON.stringify(shownPath(path))} has a #: write %23 for one that is sent`
  return undefined
}

const LONGEST_SHOWN = 200

/** For names: without the values of a query, which may be keys, and no longer than can be read. */
export function shownPath(path: string): string {
  const [shown = ''] = path.split('?')
  return shown.length <= LONGEST_SHOWN ? shown : `${shown.slice(0, LONGEST_SHOWN)}…`
}

/** As somebody has typed it: blanks and letters beyond ASCII are escaped, and % is what it is. */
function escaped(path: string): string {
  return path.toWellFormed().replace(/[^\x21-\x7e]+/g, encodeURIComponent)
}
