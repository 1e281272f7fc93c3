/** What is not given is left out, so that it covers nothing. */
export function withoutGaps(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
