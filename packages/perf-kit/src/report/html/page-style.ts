import { colourProperties } from './palette.ts'

/** Paper is white whatever the screen is. */
const SCHEMES = `
:root { color-scheme: light; ${colourProperties('light')} }
@media screen and (prefers-color-scheme: dark) { :root { color-scheme: dark; ${colourProperties('dark')} } }
`

const TYPE = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 68rem;
  font: 400 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif;
  color: var(--text); background: var(--page); overflow-wrap: anywhere;
}
h2 { font-size: 1.125rem; font-weight: 600; line-height: 1.3; margin: 3rem 0 0.75rem; letter-spacing: -0.005em; }
h2.subject { font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.015em; margin: 0.25rem 0 1.25rem; text-wrap: balance; }
h3 { font-size: 1rem; font-weight: 600; line-height: 1.3; margin: 2.5rem 0 0.5rem; }
p { margin: 0 0 0.5rem; max-width: 46rem; }
ul { margin: 0; padding-left: 1.2em; max-width: 46rem; }
ul.signed { padding: 0; list-style: none; font-variant-numeric: tabular-nums; }
li + li { margin-top: 0.35em; }
small { font-size: 0.8125em; font-weight: 400; color: var(--quiet); }
:focus-visible { outline: 2px solid var(--line-blue); outline-offset: 2px; border-radius: 3px; }
main > section + section h2.subject { margin-top: 4rem; }
main > section:first-child h2.subject { margin-top: 0.5rem; }
`

const HEADER = `
.kicker { margin: 0; line-height: 1.5; font-size: 0.8125rem; font-weight: 600; color: var(--quiet); letter-spacing: 0.01em; }
.state { margin-left: 0.4em; padding: 0.1em 0.6em; border: 1px solid; border-radius: 1em; white-space: nowrap; }
.state.valid { color: var(--good); }
.state.suspect { color: var(--doubt); }
.state.invalid { color: var(--bad); }
.facts { margin: 0.35rem 0 1.5rem; max-width: none; font-size: 0.8125rem; color: var(--quiet); }
.facts span { white-space: nowrap; }
.facts span:not(:last-child)::after { content: "·"; margin: 0 0.2em 0 0.45em; }
.banner { margin: 0 0 2rem; padding: 0.9rem 1.1rem; border-radius: 6px; border-left: 4px solid; }
.banner.suspect { border-color: var(--doubt); background: var(--doubt-page); }
.banner.invalid { border-color: var(--bad); background: var(--bad-page); }
.banner p, .banner ul { max-width: 56rem; }
.missing { padding: 0.9rem 1.1rem; border: 1px dashed var(--rule); border-radius: 6px; color: var(--quiet); }
`

const FIGURES = `
dl { margin: 0; }
dd { margin: 0; }
.key-figures {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(7.25rem, 1fr)); gap: 1px; overflow: hidden;
  border: 1px solid var(--rule); border-radius: 6px;
}
.key-figures > div { padding: 0.7rem 0.9rem 0.75rem; box-shadow: 0 0 0 1px var(--rule); }
.key-figures dt { font-size: 0.75rem; color: var(--quiet); white-space: nowrap; }
.key-figures dd { font-size: 1.1875rem; font-weight: 600; line-height: 1.35; font-variant-numeric: tabular-nums; letter-spacing: -0.01em; white-space: nowrap; }
.key-figures small { display: block; font-size: 0.75rem; letter-spacing: 0; }
.key-figures .some dd { color: var(--bad); }
.environment, .glossary { display: grid; gap: 0 2rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 25rem), 1fr)); font-size: 0.875rem; }
.environment > div, .glossary > div { display: grid; grid-template-columns: 8.5rem 1fr; gap: 0.75rem; padding: 0.35rem 0; border-top: 1px solid var(--rule); }
.environment dt, .glossary dt { color: var(--quiet); }
`

const CHARTS = `
.chart { margin: 2.5rem 0 0; }
.chart figcaption h3 { margin: 0; }
.chart figcaption p { margin: 0.1rem 0 0; max-width: 56rem; color: var(--quiet); font-size: 0.875rem; }
.keys { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.1rem 0.35rem; margin: 0.5rem 0 0.25rem -0.4rem; min-height: 1.9rem; font-size: 0.8125rem; }
.keys .at { order: 99; margin-left: auto; padding: 0.15rem 0.4rem; color: var(--quiet); font-variant-numeric: tabular-nums; }
.key { display: inline-flex; align-items: center; gap: 0.45em; padding: 0.2rem 0.4rem; border: 0; border-radius: 4px; font: inherit; color: inherit; background: none; cursor: pointer; }
.key:hover { background: var(--card); }
.key svg { flex: none; width: 26px; height: 8px; }
.key output { min-width: 4.6em; font-weight: 600; font-variant-numeric: tabular-nums; text-align: left; }
.key[aria-pressed="false"] { opacity: 0.5; text-decoration: line-through; }
.chart.low { margin-top: 1rem; }
.plot { min-height: 260px; touch-action: pan-y; border-radius: 3px; }
.spoken { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); }
.remark { margin: 0.35rem 0 0; font-size: 0.8125rem; color: var(--quiet); }
.low .plot { min-height: 110px; }
.u-select { background: var(--line-blue); opacity: 0.15; }
.u-hz .u-cursor-x { border-right: 1px solid var(--quiet); }
details { margin-top: 0.35rem; font-size: 0.8125rem; }
summary { width: fit-content; padding: 0.15rem 0; color: var(--quiet); cursor: pointer; }
details .scroll { max-height: 22rem; }
`

const TABLES = `
.scroll { overflow: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: 0.875rem; min-width: 100%; }
details table { min-width: 0; font-size: 0.8125rem; }
caption { padding: 0 0 0.35rem; text-align: left; color: var(--quiet); }
th, td { padding: 0.4rem 0.9rem 0.4rem 0; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--rule); overflow-wrap: normal; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-size: 0.75rem; font-weight: 500; color: var(--quiet); white-space: nowrap; }
tbody th { font-weight: 500; }
.figures tbody th { white-space: nowrap; position: sticky; left: 0; background: var(--page); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.number small { display: block; line-height: 1.35; }
.outcomes td:last-child { min-width: 16rem; padding-left: 0.6rem; color: var(--quiet); }
.outcomes th:last-child { padding-left: 0.6rem; }
.outcomes tbody th { min-width: 9rem; }
.good { color: var(--good); }
.bad { color: var(--bad); }
`

const NARROW = `
@media (max-width: 40rem) {
  body { padding: 1.5rem 1rem 3rem; }
  h2.subject { font-size: 1.375rem; }
  .key-figures { grid-template-columns: repeat(auto-fit, minmax(6.25rem, 1fr)); }
  .key-figures > div { padding: 0.55rem 0.7rem; }
  .key-figures dd { font-size: 1.0625rem; }
  .keys { position: relative; }
  .keys .at { position: absolute; right: 0; bottom: -1.6rem; z-index: 1; background: var(--page); }
  .keys .at:empty { display: none; }
  .key output:empty { min-width: 0; }
  .chart:not(.low) .plot { min-height: 200px; }
  .outcomes td:last-child { min-width: 12rem; }
  .environment > div, .glossary > div { grid-template-columns: 7rem 1fr; }
}
`

const PRINT = `
@media print {
  body { padding: 0; max-width: none; font-size: 9.5pt; }
  .chart, .key-figures, .banner, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .keys .at, .key output, details { display: none; }
  .scroll { overflow: visible; }
  /* Charts of the screen’s width would make the browser shrink the whole page, before they are drawn for paper. */
  .plot { width: 690px; overflow: hidden; }
  .key-figures { grid-template-columns: repeat(4, 1fr); }
  .chart { margin-top: 1.25rem; }
  h3 { margin-top: 1.5rem; }
  table { font-size: 8.5pt; }
  th, td { padding-right: 0.6rem; }
  .outcomes td:last-child { min-width: 0; }
}
@media (prefers-reduced-motion: no-preference) { .key { transition: opacity 120ms; } }
`

export const PAGE_STYLE = [SCHEMES, TYPE, HEADER, FIGURES, CHARTS, TABLES, NARROW, PRINT].join('')
