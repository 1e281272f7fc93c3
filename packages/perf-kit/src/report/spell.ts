/** Our own words hold a few signs beyond ASCII. */
export function spell(text: string, unicode: boolean): string {
  if (unicode) return text
  return text.replaceAll('−', '-').replaceAll('…', '..').replaceAll('’', "'").replaceAll('→', '->').replaceAll('—', '-')
}
