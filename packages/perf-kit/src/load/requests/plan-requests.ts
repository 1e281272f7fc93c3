import { statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { PerfKitError } from '../../errors/index.ts'
import { encodeRequest, type HttpEndpoint } from '../../protocol/index.ts'
import { withPlainGaps } from '../data/template.ts'
import { shareProblems, withShares } from '../operation-shares.ts'
import { pathProblem, readyRequest, shownPath } from './ready-request.ts'
import type { HttpRequest, PlannedRequest, VariantsPlan, WeightedRequest } from './weighted-request.ts'

/** What of a load's options says what is asked over HTTP. */
export interface RequestWish {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly requests?: readonly WeightedRequest[]
  readonly requestModule?: string
  /** whether rows fill gaps of what is asked */
  readonly hasData: boolean
  readonly isMcp: boolean
}

const REQUESTS = { one: 'a request', many: 'requests' }

/** All that is wrong with what is asked. */
export function requestProblems({ method, body, requests, requestModule, hasData, isMcp }: RequestWish): string[] {
  const isVaried = requests !== undefined || requestModule !== undefined
  const checks: readonly (readonly [boolean, string])[] = [
    [!(isVaried && isMcp), 'a list of requests, and a module of them, are of plain HTTP'],
    [
      !(isVaried && (method !== undefined || body !== undefined)),
      'each request of a list or a module has its own method and body',
    ],
    [
      requests === undefined || requestModule === undefined,
      'requests come from a list or from a module, not from both',
    ],
    [requestModule === undefined || !hasData, 'a module reads its data itself'],
  ]
  return [
    ...checks.filter(([isRight]) => !isRight).map(([, problem]) => problem),
    ...(requests === undefined ? [] : shareProblems(requests, nameOf, REQUESTS)),
    ...(requests ?? []).flatMap(({ path }) => (path === undefined ? [] : (pathProblem(path) ?? []))),
  ]
}

/**
 * The requests of a load that are not all the same; nothing when they are. Checked with `requestProblems` before.
 *
 * @throws {PerfKitError} `REQUEST_INVALID` naming the request, `LOAD_FILE_INVALID` when there is no such module
 */
export function planRequests(endpoint: HttpEndpoint, wish: RequestWish, seed: number): VariantsPlan | undefined {
  const { requests, requestModule, headers = {}, method, body, hasData, isMcp } = wish
  if (isMcp) return undefined
  if (requestModule !== undefined) return { kind: 'module', file: existing(requestModule), headers, seed }
  // A single request with gaps is a list of one.
  const only: WeightedRequest = {
    ...(method === undefined ? {} : { method }),
    ...(body === undefined ? {} : { body }),
  }
  const listed = requests ?? (hasData ? [only] : [])
  if (listed.length === 0) return undefined
  const defaults = { path: endpoint.path, headers }
  const plainPath = hasData ? withPlainGaps(endpoint.path) : endpoint.path
  const planned = withShares(listed, (request) => nameOf(request, plainPath)).map(
    ({ operation, name, shareRatio }): PlannedRequest => ({ ...readyRequest(operation, defaults), name, shareRatio }),
  )
  for (const request of planned) refuseUnsendable(endpoint, request)
  return { kind: 'list', requests: planned, seed }
}

/** `requests of load.ts`, in reports. */
export function describeModule(file: string): string {
  return `requests of ${basename(file)}`
}

/** `GET /users/{{id}}` */
function nameOf(request: HttpRequest, defaultPath = '/'): string {
  const { method = request.body === undefined ? 'GET' : 'POST', path = defaultPath } = request
  return `${method} ${shownPath(path)}`
}

/** With its gaps still in it, which can be sent as they stand. */
function refuseUnsendable(endpoint: HttpEndpoint, { name, ...request }: PlannedRequest): void {
  try {
    encodeRequest(endpoint, request)
  } catch (cause) {
    if (!(cause instanceof PerfKitError)) throw cause
    throw new PerfKitError(cause.code, `${name}: ${cause.message}`, { cause, remedy: cause.remedy })
  }
}

function existing(requestModule: string): string {
  const file = resolve(requestModule)
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file
  throw new PerfKitError('LOAD_FILE_INVALID', `there is no module ${file}`, {
    where: file,
    remedy: 'Name a file that exists: requests.ts',
  })
}
