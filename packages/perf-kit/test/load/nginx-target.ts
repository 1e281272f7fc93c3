import { join } from 'node:path'
import type { TestContext } from 'vitest'
import { NginxMissing, startNginx } from '../../../../tests/servers/nginx.ts'

export interface NginxTargetOptions {
  /** without one it speaks HTTP/2 in cleartext */
  readonly certificate?: 'good'
  /** what its one server does, in nginx's words */
  readonly server: string
}

/**
 * A server that nobody here wrote; a test is skipped, and says why, where there is none.
 *
 * @throws {Error} instead, when `PERF_KIT_TEST_NGINX` says that there has to be one: CI must not pass for lack of it
 */
export async function nginxTarget(
  { certificate, server }: NginxTargetOptions,
  { skip }: Pick<TestContext, 'skip'>,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const files = join(import.meta.dirname, 'certificates')
  const tls = `ssl_certificate ${files}/${certificate}.pem; ssl_certificate_key ${files}/key.pem;`
  const options =
    certificate === undefined ? { listen: 'http2', server } : { listen: 'ssl http2', server: `${tls} ${server}` }
  const nginx = await startNginx(options).catch((cause: unknown) => {
    if (cause instanceof NginxMissing && process.env['PERF_KIT_TEST_NGINX'] === undefined) skip(cause.message)
    throw cause
  })
  const scheme = certificate === undefined ? 'http' : 'https'
  return { url: `${scheme}://127.0.0.1:${nginx.port}/`, [Symbol.asyncDispose]: () => nginx[Symbol.asyncDispose]() }
}
