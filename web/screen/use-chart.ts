/** Keep an ECharts canvas in step with its box, its data and the size of the stage. */
import { LineChart } from "echarts/charts";
import { GeoComponent, GridComponent, TooltipComponent } from "echarts/components";
import { type ECharts, type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { onBeforeUnmount, onMounted, type Ref, watch } from "vue";

use([LineChart, GeoComponent, GridComponent, TooltipComponent, CanvasRenderer]);

export const CHART_FONT = getComputedStyle(document.documentElement).getPropertyValue("--font-text");
export const REDUCED_MOTION = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Turn design pixels (of 1920) into the pixels of this window. */
export function designPx(pixels: number): number {
  return (pixels / 100) * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

/** Draw `option` into `box`, again whenever what it reads, or the window, changes; `onPlaced` hears when things may lie elsewhere. */
export function useChart(box: Readonly<Ref<HTMLElement | null>>, option: () => EChartsCoreOption, onPlaced?: (chart: ECharts) => void): void {
  let chart: ECharts | null = null;
  const draw = (): void => chart?.setOption(option(), { lazyUpdate: true });
  const place = (): void => {
    chart?.setOption(option());
    if (chart) onPlaced?.(chart);
  };
  const resized = new ResizeObserver(() => {
    chart?.resize();
    place();
  });

  onMounted(() => {
    if (!box.value) return;
    chart = init(box.value, null, { renderer: "canvas" });
    resized.observe(box.value);
    place();
    void document.fonts.ready.then(draw);
  });
  watch(option, draw);
  onBeforeUnmount(() => {
    resized.disconnect();
    chart?.dispose();
  });
}
