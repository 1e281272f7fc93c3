/**
 * Makes a trigger for `work` that never runs it twice at once: all triggers during a run share the one run after it.
 *
 * @returns a function whose promise follows a run that began no earlier than its call
 */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | undefined
  let next: Promise<void> | undefined
  const begin = (): Promise<void> => {
    next = undefined
    current = work().finally(() => {
      current = undefined
    })
    return current
  }
  return () => {
    if (current === undefined) return begin()
    next ??= current.then(begin, begin)
    return next
  }
}
