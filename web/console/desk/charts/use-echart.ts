/** Keep an ECharts canvas in step with its box, its data and the colours of the page (light or dark). */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { type ECharts, type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { onBeforeUnmount, onMounted, watch, type Ref } from "vue";

use([BarChart, LineChart, GridComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

export interface Ink {
  ink: string;
  soft: string;
  line: string;
  card: string;
  act: string;
  gold: string;
  red: string;
  before: string;
  font: string;
}

/** The page's colours, read from its tokens. */
export function inkOf(): Ink {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ink: of("--ink"),
    soft: of("--ink-soft"),
    line: of("--line"),
    card: of("--card"),
    act: of("--link"),
    gold: of("--gold-500"),
    red: of("--red-500"),
    before: of("--line-strong"),
    font: of("--font-text"),
  };
}

export const isCalm = (): boolean => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Draw `option` into `box` whenever what it reads changes; `onPick` is told the place of what was clicked. */
export function useEchart(box: Readonly<Ref<HTMLElement | null>>, option: () => EChartsCoreOption, onPick?: (place: number) => void): void {
  let chart: ECharts | null = null;
  const draw = (): void => chart?.setOption(option(), { notMerge: true });
  const resized = new ResizeObserver(() => chart?.resize());
  const dark = new MutationObserver(draw);
  onMounted(() => {
    if (!box.value) return;
    chart = init(box.value, null, { renderer: "canvas" });
    resized.observe(box.value);
    dark.observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
    draw();
    void document.fonts.ready.then(draw);
    if (onPick) {
      // Anywhere above a step counts: a small bar is hard to hit.
      chart.getZr().on("click", (event) => {
        const at = [event.offsetX, event.offsetY];
        if (!chart?.containPixel("grid", at)) return;
        const [place] = chart.convertFromPixel({ seriesIndex: 0 }, at);
        if (place !== undefined) onPick(Math.round(place));
      });
    }
  });
  watch(option, draw);
  onBeforeUnmount(() => {
    resized.disconnect();
    dark.disconnect();
    chart?.dispose();
  });
}
