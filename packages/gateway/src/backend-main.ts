import { startBackend } from './backend.ts'
import { behaviourFlags, behaviourOf, defined } from './backend-flags.ts'
import { port, text } from './cli-flags.ts'
import { runService } from './cli-run.ts'
import { isBackendName } from './route-table.ts'

const behaviour = behaviourFlags()
const flags = {
  port: port('Where to listen on 127.0.0.1; 0, the default, is any free port.'),
  name: text('Part of the resource URIs.', 'letters, digits, "-", "." and single "_"', isBackendName),
  ...behaviour,
  'stop-with': text(
    'Ends when standard input does, so with the process that holds it.',
    'stdin',
    (it) => it === 'stdin',
  ),
}

await runService({
  usage: 'node packages/gateway/src/backend-main.ts',
  flags,
  start: async () => {
    const backend = await startBackend({
      ...behaviourOf(behaviour),
      ...defined({ port: flags.port.last, name: flags.name.last }),
    })
    process.stdout.write(`backend listening on ${backend.url}\n`)
    return backend
  },
  // They reach every process of a terminal, or of a group; the one that started this backend still needs it to finish calls.
  ignoredSignals: () => (flags['stop-with'].last ? ['SIGINT', 'SIGTERM'] : []),
  stopWhen: (stop) => {
    if (flags['stop-with'].last) process.stdin.once('close', stop).resume()
  },
})
