import { TargetProcess } from '../../src/target/index.ts'

/** Time of a request alone. Long against what a busy machine adds to it. */
const ALONE_MS = 60

/**
 * A server whose requests take as long as the law says for as many as are under way: with clients that ask again at once, its
 * throughput is that of the Universal Scalability Law. Times scatter, so that clients do not march in step.
 */
export async function lawTarget({ sigma, kappa }: { readonly sigma: number; readonly kappa: number }) {
  return await started(`
    let n = 0
    const server = createServer((request, response) => {
      n++
      let left = () => { left = () => {}; n-- }
      response.on('close', () => left())
      const ms = ${ALONE_MS} * (1 + ${sigma} * (n - 1) + ${kappa} * n * (n - 1)) * (0.8 + 0.4 * Math.random())
      setTimeout(() => { left(); response.end('ok') }, ms - 0.6)
    })`)
}

/** A server that serves so many side by side, and is ten times as slow for all when there are more: as with memory that is used up. */
export async function cliffTarget({ most }: { readonly most: number }) {
  return await started(`
    let n = 0
    const server = createServer((request, response) => {
      n++
      let left = () => { left = () => {}; n-- }
      response.on('close', () => left())
      const ms = ${ALONE_MS} * (n > ${most} ? 10 : 1) * (0.8 + 0.4 * Math.random())
      setTimeout(() => { left(); response.end('ok') }, ms)
    })`)
}

async function started(server: string): Promise<TargetProcess> {
  const source = `import { createServer } from 'node:http'
    ${server}
    server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))`
  return await TargetProcess.start({
    command: [process.execPath, '--input-type=module', '-e', source],
    ready: { log: /listening on (\S+)/ },
  })
}
