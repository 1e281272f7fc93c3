import { PerfKitError } from '../../src/errors/index.ts'

/** The error by which an action refuses its input; anything else it throws, or nothing, fails the test. */
export function refusal(action: () => unknown): Pick<PerfKitError, 'code' | 'message' | 'remedy'> {
  try {
    action()
  } catch (error) {
    if (error instanceof PerfKitError) return { code: error.code, message: error.message, remedy: error.remedy }
    throw error
  }
  throw new Error('nothing was refused')
}
