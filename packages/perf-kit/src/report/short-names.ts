/**
 * Names without the keys of their arguments, for tables too narrow for both: `lookup tools=10 outcome=hit` becomes
 * `lookup 10 hit`. Left as they are when two would become one.
 */
export function withoutKeys(names: readonly string[]): readonly string[] {
  const short = names.map((name) => name.replaceAll(/(?<= )[^ =]+=(?=[^ ])/g, ''))
  return new Set(short).size === new Set(names).size ? short : names
}
