import { isUtf8 } from 'node:buffer'
import type { Place } from '../data/plan-data.ts'
import { isJsonTemplate, parseTemplate, type Template } from '../data/template.ts'
import type { ReadyRequest } from './weighted-request.ts'

const JSON_TYPE = /^[^;]*[/+]json\b/i
const FORM = 'application/x-www-form-urlencoded'

/** Where a request takes values of a row. */
export interface RequestTemplate {
  readonly path: Template
  readonly headers: readonly (readonly [name: string, template: Template])[]
  /** absent: no body, or one that is no text */
  readonly body?: Template
}

/**
 * In paths values are escaped, in headers they are checked, in a body that is JSON they are written as JSON, in a form escaped, and
 * in any other body they stand as they are.
 */
export function templateOf({ path, headers, body }: ReadyRequest): RequestTemplate {
  return {
    path: parseTemplate(path, 'percent'),
    headers: Object.entries(headers).map(([name, value]) => [name, parseTemplate(value, 'header')] as const),
    ...(body === undefined || !isUtf8(body) ? {} : { body: bodyTemplate(Buffer.from(body).toString(), headers) }),
  }
}

function bodyTemplate(text: string, headers: ReadyRequest['headers']): Template {
  const [, type = ''] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type') ?? []
  if (isJsonTemplate(text, { isSaid: JSON_TYPE.test(type) })) return parseTemplate(text, 'json')
  return parseTemplate(text, type.toLowerCase().startsWith(FORM) ? 'percent' : 'plain')
}

/** @param name - of the request, in messages; empty when there is only one */
export function placesOf({ path, headers, body }: RequestTemplate, name: string): Place[] {
  const of = name === '' ? '' : ` of ${name}`
  return [
    { what: `the path${of}`, template: path },
    ...headers.map(([header, template]) => ({ what: `the header ${header}${of}`, template })),
    ...(body === undefined ? [] : [{ what: `the body${of}`, template: body }]),
  ]
}

export function hasGaps(template: RequestTemplate): boolean {
  return placesOf(template, '').some((place) => place.template.gaps.length > 0)
}
