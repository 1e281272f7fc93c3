export function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

/** Making one takes longer than to judge by it. */
const SHORT = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 })

/** `64.3`, `1,234`, `0.0012` */
export function short(value: number): string {
  return SHORT.format(value)
}
