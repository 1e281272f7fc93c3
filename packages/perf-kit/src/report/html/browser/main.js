/**
 * The page's own program: it draws the charts that are written into the page as JSON, and reads them out. A browser reads this
 * file as it stands here, after the chart library, so it is JavaScript without imports; its types are in comments and are checked.
 *
 * @import uPlotLibrary from 'uplot'
 * @import { ChartSpec, ChartLine, Tick, YAxis } from '../chart-spec.ts'
 */
;(() => {
  const HEIGHT_PX = { wide: 260, narrow: 210, low: 110 }
  const NARROW_PX = 560
  /** as wide as a page of A4 has room for, at the size that a browser prints a px */
  const PAPER_PX = 690
  const LABEL_PX = 12
  /** Seconds that a person counts in. */
  const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400]
  const TICK_GAP_PX = 70
  /** for the half of a label that stands under the end of an axis */
  const EDGE_PX = 26
  const LETTER_PX = { wide: 7, narrow: 6.5 }

  const uPlot = /** @type {{ uPlot: typeof uPlotLibrary }} */ (/** @type {unknown} */ (globalThis)).uPlot

  /** A chart in its figure: drawn anew when its size or the colours change, with what the reader has chosen. */
  class PageChart {
    /** @param {ChartSpec} spec @param {HTMLElement} figure @param {HTMLElement} plot */
    constructor(spec, figure, plot) {
      this.spec = spec
      this.plot = plot
      this.keys = [...figure.querySelectorAll('button')]
      this.outputs = this.keys.map((key) => key.querySelector('output'))
      this.at = figure.querySelector('.at')
      this.spoken = figure.querySelector('.spoken')
      /** @type {uPlotLibrary | undefined} */
      this.drawn = undefined
      /** which point the reader is at @type {number | undefined} */
      this.index = undefined
      for (const [line, key] of this.keys.entries()) key.addEventListener('click', () => this.toggle(line, key))
      plot.addEventListener('keydown', (event) => this.press(event))
      new ResizeObserver(() => this.resize()).observe(plot)
    }

    draw(widthPx = this.plot.clientWidth) {
      this.drawn?.destroy()
      this.drawn = new uPlot(this.options(widthPx), this.data(), this.plot)
    }

    resize() {
      const width = this.plot.clientWidth
      if (width === 0 || width === this.drawn?.width) return
      // The room for labels depends on the width.
      this.draw()
    }

    /** @returns {uPlotLibrary.AlignedData} */
    data() {
      const { at, lines } = this.spec
      return [[...at], ...lines.map(({ values }) => [...values])]
    }

    /** @param {number} widthPx @returns {uPlotLibrary.Options} */
    options(widthPx) {
      const { spec } = this
      const isNarrow = widthPx < NARROW_PX
      const hasRight = charts.some((chart) => chart.spec.group === spec.group && chart.spec.right !== undefined)
      // The same for all charts, so that the same moment is at the same place in each.
      const gutter = 14 + longestLabel * (isNarrow ? LETTER_PX.narrow : LETTER_PX.wide)
      const colourOf = colours()
      const quiet = { stroke: colourOf('--quiet'), font: `${LABEL_PX}px ${fontFamily()}` }
      const grid = { stroke: colourOf('--rule'), width: 1 }
      return {
        width: widthPx,
        height: spec.isLow ? HEIGHT_PX.low : isNarrow ? HEIGHT_PX.narrow : HEIGHT_PX.wide,
        padding: [10, spec.right !== undefined ? 0 : hasRight ? gutter : EDGE_PX, 0, 0],
        legend: { show: false },
        cursor: {
          y: false,
          points: { show: false },
          drag: { x: true, y: false },
          sync: { key: spec.group, scales: ['x', null] },
        },
        scales: {
          x: { time: false, distr: spec.x.isLog ? 3 : 1, range: (_plot, from, to) => this.range(from, to) },
          y: scaleOf(spec.y),
          ...(spec.right === undefined ? {} : { right: scaleOf(spec.right) }),
        },
        axes: [
          this.xAxis(quiet, grid, isNarrow),
          { ...quiet, ...yTicks(spec.y), size: gutter, grid, ticks: { show: false }, gap: 6 },
          ...(spec.right === undefined
            ? []
            : [
                {
                  ...quiet,
                  ...yTicks(spec.right),
                  size: gutter,
                  scale: 'right',
                  side: /** @type {const} */ (1),
                  grid: { show: false },
                  ticks: { show: false },
                  gap: 6,
                },
              ]),
        ],
        series: [{}, ...spec.lines.map((line, index) => this.series(line, index, colourOf))],
        hooks: { setCursor: [(plot) => this.follow(plot)] },
      }
    }

    /** The whole run until the reader has chosen a part. @param {number} from @param {number} to @returns {[number, number]} */
    range(from, to) {
      const { x, at } = this.spec
      const isWhole = from === at[0] && to === at.at(-1)
      return isWhole || !(to > from) ? [x.from, x.to] : [from, to]
    }

    /**
     * @param {Pick<uPlotLibrary.Axis, 'stroke' | 'font'>} quiet
     * @param {uPlotLibrary.Axis.Grid} grid
     * @param {boolean} isNarrow
     * @returns {uPlotLibrary.Axis}
     */
    xAxis(quiet, grid, isNarrow) {
      const ticks = this.spec.x.ticks?.filter(({ isMinor }) => !isNarrow || isMinor !== true)
      const common = { ...quiet, grid, ticks: { show: false }, size: 28, gap: 8 }
      if (ticks === undefined) {
        return {
          ...common,
          splits: (plot, _axis, from, to) => timeSplits(from, to, plot.bbox.width / devicePixelRatio),
          values: (_plot, splits) => splits.map(clock),
        }
      }
      return {
        ...common,
        splits: () => ticks.map(({ at }) => at),
        filter: (_plot, splits) => splits,
        values: (plot, splits) => withRoom(plot, splits, ticks),
      }
    }

    /** @param {ChartLine} line @param {number} index @param {(name: string) => string} colourOf @returns {uPlotLibrary.Series} */
    series(line, index, colourOf) {
      const stroke = colourOf(`--line-${line.colour}`)
      const stepped = line.isStepped ? uPlot.paths.stepped?.({ align: 1 }) : undefined
      return {
        stroke,
        width: line.widthPx,
        dash: [...line.dash],
        scale: line.isRight ? 'right' : 'y',
        show: this.keys[index]?.getAttribute('aria-pressed') !== 'false',
        points: { show: line.hasPoints === true, size: 7, fill: stroke },
        ...(line.spansGaps === true ? { spanGaps: true } : {}),
        ...(line.isFilled ? { fill: `${stroke}1f` } : {}),
        ...(stepped === undefined ? {} : { paths: stepped }),
        ...(line.isUnjoined === true ? { paths: () => null } : {}),
      }
    }

    /** Say what is where the pointer is. @param {uPlotLibrary} plot */
    follow(plot) {
      const left = plot.cursor.left
      if (left === undefined || left === null || left < 0) return this.tell(undefined)
      this.tell(lastNotAfter(this.spec.at, plot.posToVal(left, 'x')))
    }

    /** @param {number | undefined} index */
    tell(index) {
      const { lines, atLabels } = this.spec
      this.index = index
      if (this.at) this.at.textContent = index === undefined ? '' : (atLabels[index] ?? '')
      for (const [line, output] of this.outputs.entries()) {
        if (output) output.textContent = index === undefined ? '' : (lines[line]?.texts[index] ?? '')
      }
    }

    /** @param {number} line @param {Element} key */
    toggle(line, key) {
      const isShown = key.getAttribute('aria-pressed') !== 'true'
      key.setAttribute('aria-pressed', String(isShown))
      this.drawn?.setSeries(line + 1, { show: isShown })
    }

    /** @param {KeyboardEvent} event */
    press(event) {
      const { at } = this.spec
      const last = at.length - 1
      const from = this.index
      const step = event.shiftKey ? Math.max(1, Math.round(at.length / 20)) : 1
      /** @type {Record<string, number>} */
      const goes = {
        ArrowRight: from === undefined ? 0 : Math.min(last, from + step),
        ArrowLeft: from === undefined ? last : Math.max(0, from - step),
        Home: 0,
        End: last,
      }
      const to = goes[event.key]
      if (event.key === 'Escape') this.leave()
      if (to === undefined) return
      event.preventDefault()
      this.go(to)
    }

    leave() {
      for (const chart of charts) if (chart.spec.group === this.spec.group) chart.show(undefined)
      this.drawn?.setScale('x', { min: this.spec.x.from, max: this.spec.x.to })
      if (this.spoken) this.spoken.textContent = ''
    }

    /** To a point, in all charts of the group, and say aloud what is there. @param {number} index */
    go(index) {
      const { group, atLabels, lines } = this.spec
      for (const chart of charts) if (chart.spec.group === group) chart.show(this.spec.at[index])
      const parts = lines.map(({ label, texts }) => `${label} ${texts[index] ?? ''}`)
      if (this.spoken) this.spoken.textContent = `${atLabels[index] ?? ''}: ${parts.join(', ')}`
    }

    /** @param {number | undefined} at where on the x axis */
    show(at) {
      const left = at === undefined ? undefined : this.drawn?.valToPos(at, 'x')
      this.drawn?.setCursor({ left: left ?? -10, top: left === undefined ? -10 : 0 })
      // Rounded to a pixel and back, a point may have become the one before.
      this.tell(at === undefined ? undefined : lastNotAfter(this.spec.at, at))
    }
  }

  /** Colours of the scheme at hand, by the name of their property. */
  function colours() {
    const style = getComputedStyle(document.documentElement)
    return (/** @type {string} */ name) => style.getPropertyValue(name).trim()
  }

  function fontFamily() {
    return getComputedStyle(document.body).fontFamily
  }

  /** @param {YAxis} axis @returns {uPlotLibrary.Scale} */
  function scaleOf({ isLog, from, to }) {
    return { distr: isLog ? 3 : 1, range: () => [from, to] }
  }

  /** @param {YAxis} axis @returns {uPlotLibrary.Axis} */
  function yTicks({ ticks }) {
    return {
      splits: () => ticks.map(({ at }) => at),
      filter: (_plot, splits) => splits,
      values: (_plot, splits) => splits.map((split) => ticks.find(({ at }) => at === split)?.label ?? ''),
    }
  }

  /**
   * Labels as far as they do not run into the one before.
   *
   * @param {uPlotLibrary} plot @param {readonly number[]} splits @param {readonly Tick[]} ticks
   */
  function withRoom(plot, splits, ticks) {
    let free = Number.NEGATIVE_INFINITY
    return splits.map((split) => {
      const label = ticks.find(({ at }) => at === split)?.label ?? ''
      const half = (label.length * LETTER_PX.wide) / 2 + 4
      const middle = plot.valToPos(split, 'x')
      if (middle - half < free) return ''
      free = middle + half
      return label
    })
  }

  /** @param {number} from @param {number} to @param {number} widthPx */
  function timeSplits(from, to, widthPx) {
    const most = Math.max(2, widthPx / TICK_GAP_PX)
    const step = TIME_STEPS.find((seconds) => (to - from) / seconds <= most) ?? Math.ceil((to - from) / most)
    const first = Math.ceil(from / step)
    return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, index) => (first + index) * step)
  }

  /** @param {number} seconds */
  function clock(seconds) {
    const whole = Math.round(seconds)
    const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
    const two = (/** @type {number} */ value) => String(value).padStart(2, '0')
    return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
  }

  /** @param {readonly number[]} ascending @param {number} value */
  function lastNotAfter(ascending, value) {
    let low = 0
    let high = ascending.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((ascending[middle] ?? 0) <= value) low = middle
      else high = middle - 1
    }
    return low
  }

  function chartsOfPage() {
    const text = document.getElementById('charts')?.textContent ?? '[]'
    const specs = /** @type {ChartSpec[]} */ (JSON.parse(text))
    return specs.flatMap((spec) => {
      const figure = document.getElementById(spec.id)
      const plot = figure?.querySelector('.plot')
      return figure && plot instanceof HTMLElement ? [new PageChart(spec, figure, plot)] : []
    })
  }

  const charts = chartsOfPage()
  const longestLabel = Math.max(
    1,
    ...charts.flatMap(({ spec }) =>
      [spec.y, spec.right].flatMap((axis) => axis?.ticks.map(({ label }) => label.length) ?? []),
    ),
  )
  for (const chart of charts) chart.draw()
  const redraw = () => {
    for (const chart of charts) chart.draw()
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw)
  matchMedia('print').addEventListener('change', ({ matches }) => {
    for (const chart of charts) chart.draw(matches ? PAPER_PX : undefined)
  })
})()
