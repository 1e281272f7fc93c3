import type { ReadRequest } from '../config/index.ts'
import type { WeightedRequest } from '../load/index.ts'

const NAME = 'content-type'
const JSON_TYPE = 'application/json'

/** What is sent as JSON says so, unless somebody has said what it is: servers refuse it otherwise. */
export const JSON_HEADER = `${NAME}: ${JSON_TYPE}`

/** @param headers - of all requests, `name: value` */
export function withJsonType(requests: readonly ReadRequest[], headers: readonly string[]): WeightedRequest[] {
  const isSaid = saysType(headers)
  return requests.map(({ isJson, ...request }) => {
    if (isJson !== true || isSaid || saysType(Object.keys(request.headers ?? {}))) return request
    return { ...request, headers: { [NAME]: JSON_TYPE, ...request.headers } }
  })
}

/** @param headers - names, or `name: value` */
export function saysType(headers: readonly string[]): boolean {
  return headers.some((text) => text.split(':', 1)[0]?.trim().toLowerCase() === NAME)
}
