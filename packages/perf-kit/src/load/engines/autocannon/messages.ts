import type { LoadPlan } from '../../load-plan.ts'
import type { ThreadMessage } from '../../thread/messages.ts'

/** To the process that drives autocannon. */
export type AutocannonCommand =
  | {
      readonly type: 'drive'
      readonly plan: LoadPlan
      readonly body?: Uint8Array
      /** where to connect, as it stands in a URL */
      readonly address: string
    }
  /** tell what is known, and end */
  | { readonly type: 'stop' }

/** From it: what threads of our own generator tell. */
export type AutocannonMessage = Exclude<ThreadMessage, { readonly type: 'failed' }>
