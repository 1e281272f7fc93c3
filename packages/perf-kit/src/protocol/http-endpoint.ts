import { PerfKitError } from '../errors/index.ts'

/** Where requests go, taken apart once, so that no secret of the URL is carried along by accident. */
export interface HttpEndpoint {
  /** without credentials, query values and fragment: fit for reports and logs */
  readonly shownUrl: string
  readonly isSecure: boolean
  /** name or address, without brackets around an IPv6 address */
  readonly hostname: string
  readonly port: number
  /** with the query; `/` at least */
  readonly path: string
  /** as the Host header has it */
  readonly host: string
  /** from `user:password@`, for the Authorization header only */
  readonly authorization: string | undefined
}

const DEFAULT_PORT = { 'http:': 80, 'https:': 443 } as const

/**
 * @throws {PerfKitError} `URL_INVALID` without scheme, with another one than http and https, or malformed
 */
export function parseEndpoint(text: string): HttpEndpoint {
  const url = URL.parse(text)
  // `localhost:8080` parses as a URL with the scheme "localhost".
  if (url === null || !isHttp(url.protocol)) {
    throw new PerfKitError('URL_INVALID', `${JSON.stringify(withoutCredentials(text))} is no http or https URL`, {
      remedy: 'Write it whole, with its scheme: http://127.0.0.1:8080/path',
    })
  }
  return {
    shownUrl: `${url.protocol}//${url.host}${url.pathname}${url.search === '' ? '' : '?…'}`,
    isSecure: url.protocol === 'https:',
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? DEFAULT_PORT[url.protocol] : Number(url.port),
    path: `${url.pathname}${url.search}`,
    host: url.host,
    authorization: basicAuthorization(url),
  }
}

function isHttp(protocol: string): protocol is keyof typeof DEFAULT_PORT {
  return Object.hasOwn(DEFAULT_PORT, protocol)
}

/** Messages and logs are read by others; passwords and keys may stand in a text that is no URL too. */
function withoutCredentials(text: string): string {
  const [shown = ''] = text.replace(/^.*@/s, '…@').split(/[?#]/)
  return shown.slice(0, 200)
}

function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  const credentials = `${decoded(username)}:${decoded(password)}`
  return `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`
}

/** A lone `%` is what somebody has typed, and means itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
