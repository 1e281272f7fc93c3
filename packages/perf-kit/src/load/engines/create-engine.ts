import { LoadGenerator } from '../load-generator.ts'
import { type LoadOptions, planLoad } from '../load-options.ts'
import { withPayloadsOf } from '../requests/asked-payloads.ts'
import { AutocannonLoad } from './autocannon-load.ts'
import type { LoadEngine } from './engine.ts'
import type { LoadEngineName } from './engine-name.ts'
import { OhaLoad } from './oha-load.ts'
import { refuseUnsupported } from './unsupported.ts'

/** Other engines do not open connections as they are needed: of a rate they have so many, as clients have by default. */
const DEFAULT_CONNECTIONS = 50

/**
 * The engine that is to drive a load.
 *
 * @throws {PerfKitError} as `planLoad` does, and `LOAD_INVALID` for what this engine cannot do
 */
export function createLoadEngine(name: LoadEngineName, given: LoadOptions): LoadEngine {
  if (name === 'native') return new LoadGenerator(given)
  const options = withPayloadsOf(given)
  const plan = planLoad(options.loop === 'open' ? { maxConnections: DEFAULT_CONNECTIONS, ...options } : options)
  refuseUnsupported(name, options)
  return name === 'autocannon' ? new AutocannonLoad(plan, options.body) : new OhaLoad(plan, options.body)
}
