import { startNginx } from '../../../tests/servers/nginx.ts'

/** An answer from memory, over connections that last as long as anybody wants them: as fast as a server gets. */
const HELLO = 'keepalive_requests 1000000000; location / { return 200 "hello world\\n"; }'

/** A target that nobody here wrote, on a processor of its own; ended with the scope that holds it. */
export async function nginxOn(processor: number): Promise<{ readonly url: string } & AsyncDisposable> {
  const nginx = await startNginx({ processor, server: HELLO })
  return { url: `http://127.0.0.1:${nginx.port}/`, [Symbol.asyncDispose]: () => nginx[Symbol.asyncDispose]() }
}
