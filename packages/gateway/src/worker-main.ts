import cluster from 'node:cluster'
import { runService } from './cli-run.ts'
import { type GatewayOptions, startGateway } from './gateway.ts'
import { OPTIONS_VARIABLE, type ProcessMessage, readPeers } from './process-messages.ts'
import { SessionPeers } from './session-peers.ts'

/** One of a gateway's processes, started by `gateway-processes.ts`. */
await runService({
  usage: 'node packages/gateway/src/main.ts --processes 2',
  flags: {},
  start: async () => {
    const options: GatewayOptions = JSON.parse(process.env[OPTIONS_VARIABLE] ?? '{}')
    const peers = new SessionPeers(cluster.worker?.id ?? 0)
    process.on('message', (message: unknown) => {
      const ports = readPeers(message)
      if (ports !== undefined) peers.setPorts(ports)
    })
    const gateway = await startGateway({ ...options, peers })
    const { url, privatePort = 0 } = gateway
    process.send?.({ type: 'ready', url, privatePort } satisfies ProcessMessage)
    return gateway
  },
  // Ctrl-C reaches every process of the terminal; the one that deals connections ends the others.
  ignoredSignals: () => ['SIGINT'],
})
