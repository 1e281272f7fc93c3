import type { RunNote } from '../../run/index.ts'
import type { LoadPlan } from '../load-plan.ts'
import type { LoadResult } from '../load-result.ts'

/** Beyond this share the highest quantile that is shown, p99.9, may be another one. */
const UNTIMED_LIMIT_RATIO = 0.001

/** What a reader of another engine's Run has to know that readers of ours need not. */
export function engineNotes(result: LoadResult): readonly RunNote[] {
  if (result.engine === 'native') return []
  const messages = result.engine === 'autocannon' ? autocannonNotes(result.plan) : ohaNotes(result)
  return messages.map(([code, message]) => ({ code, message }))
}

/** What is missing in an engine's times so much that they say less than they seem to. */
export function engineDoubts({ untimed, finished, engine }: LoadResult): readonly string[] {
  if (untimed <= UNTIMED_LIMIT_RATIO * finished || untimed === finished) return []
  return [
    `${untimed.toLocaleString('en-US')} of ${finished.toLocaleString('en-US')} requests failed without a time, because ${engine} tells none of failures: percentiles are of the others`,
  ]
}

/** Whether times count from when a request was sent, because the engine does not know when it was due. */
export function countsFromSending({ engine, plan }: Pick<LoadResult, 'engine' | 'plan'>): boolean {
  return engine === 'autocannon' && plan.traffic.loop === 'open'
}

type Note = readonly [code: string, message: string]

const CONNECT_INCLUDED: Note = [
  'ENGINE_CONNECT',
  'the engine opens connections within a request: the first on each connection has the time that opening took.',
]

const CONNECT_APART: Note = [
  'ENGINE_CONNECT',
  'the engine opens HTTP/2 connections before their requests: how long that took is in no time.',
]

function autocannonNotes({ traffic, endpoint }: LoadPlan): readonly Note[] {
  return [
    ...(traffic.loop === 'open'
      ? ([
          [
            'ENGINE_SERVICE_TIMES',
            'autocannon sends a second’s requests as soon as the second begins, each connection one after the other, and gives up those that it could not send in it: its times are service times, from when a request was sent, and the wait of those that came later, or never, is not in them.',
          ],
          ['ENGINE_UNCHECKED', 'not checked: whether autocannon came late to what was due.'],
        ] as const)
      : []),
    ...(endpoint.isSecure
      ? ([['ENGINE_TLS', 'autocannon takes any certificate: the target’s was not checked.']] as const)
      : []),
    CONNECT_INCLUDED,
  ]
}

function ohaNotes({ plan, untimed, finished, isComplete }: LoadResult): readonly Note[] {
  const isOpen = plan.traffic.loop === 'open'
  if (finished === 0 && !isComplete) {
    const why = isOpen ? 'tells nothing of a rate that is interrupted' : 'has stored nothing that can be read'
    return [['ENGINE_SILENT', `oha ${why}: what it did is not known.`]]
  }
  return [
    ...(untimed > 0
      ? ([
          [
            'ENGINE_UNTIMED',
            `oha tells no times of requests without an answer, timeouts among them: ${untimed.toLocaleString('en-US')} are counted, and in no time.`,
          ],
        ] as const)
      : []),
    ...(isOpen && untimed > 0
      ? ([
          [
            'ENGINE_LATE',
            'response times count from when oha’s timer woke for a request (it wakes each millisecond), and not from when it was due: with some missing, nobody knows which is which.',
          ],
        ] as const)
      : []),
    ...uncheckedOfOha(isOpen, untimed),
    ...(plan.http2 === undefined ? [CONNECT_INCLUDED] : [CONNECT_APART]),
  ]
}

/** Of a rate whose requests are all here, what was not sent and how late oha came to it is judged as of our own. */
function uncheckedOfOha(isOpen: boolean, untimed: number): readonly Note[] {
  if (isOpen && untimed === 0) return []
  const what = isOpen ? 'how late oha came to what was due' : 'whether oha itself was what limited the rate'
  return [['ENGINE_UNCHECKED', `not checked: ${what}.`]]
}
