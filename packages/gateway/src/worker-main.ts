import cluster from 'node:cluster'
import { runService } from './cli-run.ts'
import { type GatewayOptions, startGateway } from './gateway.ts'
import { OPTIONS_VARIABLE, type ProcessMessage, readMessage } from './process-messages.ts'
import { SessionPeers } from './session-peers.ts'

/** One of a gateway's processes, started by `gateway-processes.ts`: it ends when that says so, and when that is no more. */
await runService({
  usage: 'node packages/gateway/src/main.ts --processes 2',
  flags: {},
  start: async () => {
    const options: GatewayOptions = JSON.parse(process.env[OPTIONS_VARIABLE] ?? '{}')
    const peers = new SessionPeers({ own: cluster.worker?.id ?? 0, meet })
    const gateway = await startGateway({ ...options, peers })
    tell({ type: 'ready', url: gateway.url })
    return gateway
  },
  // They reach every process of a terminal, or of a group; the one that deals connections ends the others.
  ignoredSignals: () => ['SIGINT', 'SIGTERM'],
  stopWhen: (stop) => void toldToStop().then(stop),
})

/** By a promise, which settles once: to be told a second time would mean at once, and not to finish. */
function toldToStop(): Promise<void> {
  // Without this, Node ends a worker at once when the process that started it is gone, in the middle of its replies.
  if (cluster.worker) cluster.worker.exitedAfterDisconnect = true
  // Node acknowledges connections that were dealt by a process that may have ended since; it says so as an error of this one.
  process.on('error', () => undefined)
  return new Promise((resolve) => {
    process.once('disconnect', resolve)
    process.on('message', (message: unknown) => {
      if (readMessage(message)?.type === 'stop') resolve()
    })
  })
}

function meet(ownPort: number): Promise<ReadonlyMap<number, number>> {
  const others = new Promise<ReadonlyMap<number, number>>((resolve) => {
    process.on('message', (message: unknown) => {
      const heard = readMessage(message)
      if (heard?.type === 'peers') resolve(new Map(heard.ports))
    })
  })
  tell({ type: 'private', port: ownPort })
  return others
}

function tell(message: ProcessMessage): void {
  // Nobody hears it when the other is gone, which is known otherwise.
  process.send?.(message, () => undefined)
}
