/**
 * Colours of lines, each with a look of its own besides: no reader has to tell two by their hue. The hues are those of Okabe and
 * Ito (https://jfly.uni-koeln.de/color/), which people with any kind of colour blindness can tell apart, made darker or
 * lighter until they stand out from the page by 3:1 and more (WCAG 2.2, 1.4.11).
 */
export const LINE_COLOURS = {
  blue: { light: '#0067a8', dark: '#5eb6ee' },
  orange: { light: '#c2570c', dark: '#f59a4b' },
  green: { light: '#00825f', dark: '#3ecfa4' },
  pink: { light: '#8a1a5e', dark: '#f7b6dd' },
  grey: { light: '#747d87', dark: '#98a2ad' },
} as const

export const PAGE_COLOURS = {
  page: { light: '#ffffff', dark: '#14181d' },
  card: { light: '#f6f8fa', dark: '#1c2229' },
  text: { light: '#1c2127', dark: '#e4e9ee' },
  quiet: { light: '#59636e', dark: '#9aa5b1' },
  rule: { light: '#d9dee4', dark: '#313942' },
  good: { light: '#006b4f', dark: '#3ecfa4' },
  doubt: { light: '#8a5a00', dark: '#e8b64c' },
  bad: { light: '#b3261e', dark: '#ff8f85' },
  'doubt-page': { light: '#fff7e3', dark: '#2b2412' },
  'bad-page': { light: '#fdecea', dark: '#331a18' },
} as const

export type LineColour = keyof typeof LINE_COLOURS

export type Scheme = 'light' | 'dark'

/** The colours as custom properties. */
export function colourProperties(scheme: Scheme): string {
  const entries = [
    ...Object.entries(LINE_COLOURS).map(([name, colours]) => [`line-${name}`, colours[scheme]]),
    ...Object.entries(PAGE_COLOURS).map(([name, colours]) => [name, colours[scheme]]),
  ]
  return entries.map(([name, colour]) => `--${name}: ${colour};`).join(' ')
}
