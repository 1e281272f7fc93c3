import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js'

export interface ConnectedClient extends AsyncDisposable {
  readonly client: Client
  /** Methods of the notifications received, with the URI for resource updates. */
  readonly heard: readonly string[]
}

/** The official client, connected; closed, and its session ended, with the scope that holds it. */
export async function connectSdkClient(url: string): Promise<ConnectedClient> {
  const client = new Client({ name: 'test', version: '0' })
  const transport = new StreamableHTTPClientTransport(new URL(url))
  const heard: string[] = []
  client.fallbackNotificationHandler = async ({ method, params }) => {
    heard.push(params?.['uri'] === undefined ? method : `${method} ${params['uri']}`)
  }
  await client.connect(transport)
  const dispose = async () => {
    await transport.terminateSession().catch(() => undefined)
    await client.close()
  }
  return { client, heard, [Symbol.asyncDispose]: dispose }
}

export async function callText(client: Client, name: string, args: Record<string, unknown> = {}): Promise<string> {
  const { content } = CallToolResultSchema.parse(await client.callTool({ name, arguments: args }))
  const [first] = content
  return first?.type === 'text' ? first.text : ''
}
