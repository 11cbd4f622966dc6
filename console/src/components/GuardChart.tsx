/** One guard over time: the treated value, control beside it, the band of what is plausible, the limit, and the stages. */
import { useEffect, useMemo, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useScheme } from "~/ui/scheme";
import { count, measure } from "~/util/number";
import { clock } from "~/util/time";
import styles from "./GuardChart.module.css";
import { type GuardSeries, type Mark, type Point, whyAlone, withGaps } from "./series";

const HEIGHT = 168;
const AXIS = 58;

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

type Props = {
  series: GuardSeries;
  marks: Mark[];
  /** Whether the guard compares the treatment with the control. */
  isCompared: boolean;
};

export function GuardChart({ series, marks, isCompared }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const scheme = useScheme();
  const data = useMemo(() => columnsOf(series), [series]);
  const last = series.points.at(-1);
  const alone = whyAlone(series.points, isCompared);
  const latest = useRef({ series, marks, data });
  latest.current = { series, marks, data };
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read from the page, which changes with the scheme.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const chart = new uPlot(options(element.clientWidth, latest), latest.current.data, element);
    plot.current = chart;
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
      plot.current = undefined;
    };
  }, [series.guard, scheme]);
  useEffect(() => plot.current?.setData(data), [data]);
  return (
    <figure className={styles.figure}>
      <div ref={box} className={styles.chart} role="img" aria-label={describe(series)} />
      <figcaption className={styles.caption}>
        <span data-line="value">treated</span>
        {alone ? <span data-line="none">{alone}</span> : <span data-line="control">control</span>}
        {series.points.some((point) => point.low !== null) && <span data-line="band">99 % band</span>}
        {last?.limit !== null && last?.limit !== undefined && (
          <span data-line="limit">
            limit {measure(last.limit, series.unit)}
            {series.side === "control" ? ", the margin beside the control" : ""}
          </span>
        )}
      </figcaption>
    </figure>
  );
}

/** Returns what the picture shows, for those who do not see it. */
function describe(series: GuardSeries): string {
  const last = series.points.at(-1);
  if (!last) return `${series.guard}: no readings yet`;
  const in_ = (value: number | null) => measure(value, series.unit);
  const control = last.control === null ? "" : `, control ${in_(last.control)}`;
  const band = last.high === null ? "" : `, plausible ${in_(last.low)} to ${in_(last.high)}`;
  const limit = last.limit === null ? "" : `, limit ${in_(last.limit)}`;
  return `${series.guard}: ${count(series.points.length)} readings, the last one ${in_(last.value)} at ${clock(last.at * 1_000)}${control}${band}${limit}`;
}

function columnsOf(series: GuardSeries): uPlot.AlignedData {
  const points = withGaps(series.points);
  const of = (pick: (point: Point) => number | null) => points.map(pick);
  return [
    points.map((point) => point.at),
    of((point) => point.high),
    of((point) => point.low),
    of((point) => point.control),
    of((point) => point.value),
    of((point) => point.limit),
  ];
}

type Latest = { current: { series: GuardSeries; marks: Mark[] } };

function options(width: number, latest: Latest): uPlot.Options {
  const [line, dim, accent, bad, quiet] = ["--line", "--dim", "--accent", "--bad", "--quiet"].map(colour) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const font = `11px ${colour("--font-sans")}`;
  const axis = { stroke: dim, font, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  const unit = () => latest.current.series.unit;
  return {
    width,
    height: HEIGHT,
    padding: [14, 10, 0, 0],
    legend: { show: false },
    cursor: { points: { size: 6 }, drag: { x: false, y: false } },
    scales: { x: { time: true }, y: { range: () => rangeOf(latest.current.series.points) } },
    axes: [
      { ...axis, size: 26, space: 70, values: (_, splits) => splits.map((at) => clock(at * 1_000)) },
      { ...axis, size: AXIS, space: 34, values: (_, splits) => splits.map((value) => measure(value, unit())) },
    ],
    series: [
      {},
      { stroke: "transparent", points: { show: false } },
      { stroke: "transparent", points: { show: false } },
      { stroke: quiet, width: 1.5, points: { size: 4 } },
      { stroke: accent, width: 1.8, points: { size: 4 } },
      { stroke: bad, width: 1.2, dash: [5, 4], points: { show: false } },
    ],
    bands: [{ series: [1, 2], fill: `${accent}2e` }],
    hooks: { drawAxes: [(chart) => drawMarks(chart, latest.current.marks, { dim, bad, font })] },
  };
}

/** Most times the curves themselves that the band may stretch the axis: early on nearly everything is plausible. */
const STRETCH = 3;

/** Returns the ends of the vertical axis: all of the curves and the limit, and the band as far as it leaves them readable. */
export function rangeOf(points: Point[]): [number, number] {
  const known = (values: (number | null)[]) => values.filter((value): value is number => value !== null);
  const curves = known(points.flatMap((point) => [point.value, point.control, point.limit]));
  const band = known(points.map((point) => point.high));
  const bottom = Math.min(0, ...curves);
  const top = Math.max(0, ...curves);
  const stretched = Math.max(top, Math.min(top * STRETCH, Math.max(0, ...band)));
  return [bottom, stretched > bottom ? stretched + (stretched - bottom) * 0.12 : bottom + 1];
}

function drawMarks(chart: uPlot, marks: Mark[], look: { dim: string; bad: string; font: string }) {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.font = look.font.replace("11px", `${10.5 * devicePixelRatio}px`);
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  ctx.lineWidth = devicePixelRatio;
  let free = Number.NEGATIVE_INFINITY;
  for (const mark of marks) {
    const x = Math.round(chart.valToPos(mark.at, "x", true));
    if (x < bbox.left - 1 || x > bbox.left + bbox.width + 1) continue;
    ctx.strokeStyle = mark.kind === "decision" ? look.bad : look.dim;
    ctx.fillStyle = ctx.strokeStyle;
    ctx.globalAlpha = mark.kind === "decision" ? 1 : 0.55;
    ctx.setLineDash(mark.kind === "decision" ? [] : [3 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.globalAlpha = 1;
    const width = ctx.measureText(mark.label).width;
    const left = Math.min(x + 3 * devicePixelRatio, bbox.left + bbox.width - width);
    if (left < free) continue;
    ctx.fillText(mark.label, left, bbox.top - 3 * devicePixelRatio);
    free = left + width + 6 * devicePixelRatio;
  }
  ctx.restore();
}
