import { isUtf8 } from 'node:buffer'
import { didYouMean, PerfKitError } from '../errors/index.ts'
import { httpRequestSchema, type ReadRequest } from './http-requests.ts'
import { readInputFile } from './read-input-file.ts'

/** One request of a file, as it stands there, and where. */
interface Item {
  readonly value: unknown
  readonly where: string
}

const KEYS = ['name', 'weight', 'method', 'path', 'headers', 'body']

/**
 * Requests out of a file: a list in JSON, or an object on each line.
 *
 * @throws {PerfKitError} `LOAD_FILE_INVALID` with all that is wrong with it
 */
export async function readRequestsFile(file: string): Promise<readonly ReadRequest[]> {
  const content = await readInputFile(file, 'the requests')
  if (!isUtf8(content)) throw invalid(file, `${file} is not written in UTF-8`, 'Convert it to UTF-8.')
  // Some programs begin a file with a mark of its encoding, which is not part of it.
  const text = content.toString('utf8').replace(/^\uFEFF/, '')
  const items = text.trimStart().startsWith('[') ? listed(text, file) : lines(text, file)
  if (items.length === 0) throw invalid(file, `${file} has no requests`, 'Give it a request at least.')
  const problems: string[] = []
  const requests = items.flatMap(({ value, where }) => {
    const parsed = httpRequestSchema().safeParse(value)
    if (parsed.success) return [parsed.data]
    for (const issue of parsed.error.issues) {
      const at = [where, ...issue.path].join(': ')
      if (issue.code !== 'unrecognized_keys') problems.push(`${at}: ${issue.message}`)
      else for (const key of issue.keys) problems.push(`${at}: a request has no "${key}"${didYouMean(key, KEYS)}`)
    }
    return []
  })
  if (problems.length > 0) {
    throw invalid(file, problems.join('\n'), `Requests have ${KEYS.join(', ')}; docs/load.md has examples.`)
  }
  return requests
}

function listed(text: string, file: string): Item[] {
  const list = parsed(text, file)
  if (!Array.isArray(list))
    throw invalid(file, `${file} is no list of requests`, 'Write a list, or an object on each line.')
  return list.map((value: unknown, index) => ({ value, where: `${file}: request ${index + 1}` }))
}

function lines(text: string, file: string): Item[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const where = `${file}:${index + 1}`
    return line.trim() === '' ? [] : [{ value: parsed(line, where), where }]
  })
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const [place = ''] = /\(line \d+ column \d+\)/.exec(String(cause)) ?? []
    throw invalid(
      where,
      `${where} is no JSON ${place}`.trimEnd(),
      'Mend it: a list of requests, or an object on each line.',
    )
  }
}

function invalid(where: string, message: string, remedy: string): PerfKitError {
  return new PerfKitError('LOAD_FILE_INVALID', message, { where, remedy })
}
