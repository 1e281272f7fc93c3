import { pathProblem } from './ready-request.ts'
import type { HttpRequest } from './weighted-request.ts'

const KEYS: ReadonlySet<string> = new Set(['method', 'path', 'headers', 'body'])

/** @returns what is wrong with it, when it is no request */
export function checkedRequest(given: unknown): HttpRequest | string {
  if (!isRecord(given)) return `it is ${given === null ? 'null' : `of type ${typeof given}`}`
  if (given instanceof Promise) return 'it is a promise; what takes time has to be ready before'
  for (const key of Object.keys(given)) if (!KEYS.has(key)) return `there is no "${key}" in a request`
  const { method, path, headers, body } = given
  if (method !== undefined && typeof method !== 'string') return 'its method is no text'
  if (path !== undefined && typeof path !== 'string') return 'its path is no text'
  if (headers !== undefined && !isTextRecord(headers)) return 'its headers are no object of texts'
  if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)) {
    return 'its body is neither text nor bytes'
  }
  const problem = path === undefined ? undefined : pathProblem(path)
  if (problem !== undefined) return problem
  return {
    ...(method === undefined ? {} : { method }),
    ...(path === undefined ? {} : { path }),
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isTextRecord(value: unknown): value is Readonly<Record<string, string>> {
  // Of Headers or a Map nothing could be seen.
  const prototype: unknown = isRecord(value) ? Object.getPrototypeOf(value) : undefined
  const isPlain = prototype === Object.prototype || prototype === null
  return isRecord(value) && isPlain && Object.values(value).every((text) => typeof text === 'string')
}
