/** MCP calls by the official SDK's client: `node sdk-calls-process.ts <url> <tool> <clients> <seconds>`. Prints calls, and the processor time they took. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

const [url = '', tool = '', clients = '1', seconds = '1'] = process.argv.slice(2)

const untilMs = performance.now() + Number(seconds) * 1e3
const counts = await Promise.all(Array.from({ length: Number(clients) }, callAgainAndAgain))
const { user, system } = process.cpuUsage()
process.stdout.write(JSON.stringify({ calls: counts.reduce((sum, count) => sum + count, 0), cpuUs: user + system }))

async function callAgainAndAgain(): Promise<number> {
  const client = new Client({ name: 'bench', version: '1' })
  await client.connect(new StreamableHTTPClientTransport(new URL(url)))
  let calls = 0
  while (performance.now() < untilMs) {
    await client.callTool({ name: tool, arguments: {} })
    calls++
  }
  await client.close()
  return calls
}
