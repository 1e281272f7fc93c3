/** undici as fast as it goes: `node undici-process.ts <url> <connections> <seconds>`. Prints the rate. */
import { Pool } from 'undici'

const [url = '', connections = '1', seconds = '1'] = process.argv.slice(2)
const { origin, pathname } = new URL(url)
const pool = new Pool(origin, { connections: Number(connections), pipelining: 1 })
const endMs = performance.now() + Number(seconds) * 1000
let finished = 0
let failed = 0
const startMs = performance.now()

await Promise.all(Array.from({ length: Number(connections) }, () => askUntilTheEnd()))
const elapsedSec = (performance.now() - startMs) / 1000
await pool.close()
process.stdout.write(JSON.stringify(failed > 0 ? Number.NaN : finished / elapsedSec))

/** With `dispatch`, its fastest way: no promise and no stream a request. */
function askUntilTheEnd(): Promise<void> {
  return new Promise((resolve) => {
    const ask = (): void => {
      if (performance.now() >= endMs) {
        resolve()
        return
      }
      pool.dispatch(
        { path: pathname, method: 'GET' },
        {
          onRequestStart: () => undefined,
          onResponseStart: () => undefined,
          onResponseData: () => undefined,
          onResponseEnd: () => {
            finished++
            ask()
          },
          onResponseError: () => {
            failed++
            resolve()
          },
        },
      )
    }
    ask()
  })
}
