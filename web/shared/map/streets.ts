/**
 * Draw a city's middle ourselves: ring roads, a grid of streets, a river and parks, the same every time for the same city.
 * It is a drawing to find one's way by distance and direction on, not a survey.
 */
import type { Feature, FeatureCollection, Geometry, Position } from "geojson";
import type { City } from "./cities";

export type Ground = "river" | "park" | "block" | "ring" | "avenue" | "street";
export type Drawn = FeatureCollection<Geometry, { ground: Ground }>;

const REACH_M = 9000;
const GRID_M = 750;
const METRES_PER_DEGREE = 111_320;

/** A small generator of chances (mulberry32), so that a drawing depends on the city's name alone. */
function chances(seed: string): () => number {
  let state = [...seed].reduce((sum, one) => (sum * 31 + one.charCodeAt(0)) >>> 0, 7);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function drawCity(city: City): Drawn {
  const chance = chances(city.key);
  const turn = (chance() - 0.5) * 0.35;
  /** From metres east and north of the centre, turned a little, to degrees. */
  const place = (east: number, north: number): Position => {
    const x = east * Math.cos(turn) - north * Math.sin(turn);
    const y = east * Math.sin(turn) + north * Math.cos(turn);
    return [city.longitude + x / (METRES_PER_DEGREE * Math.cos((city.latitude * Math.PI) / 180)), city.latitude + y / METRES_PER_DEGREE];
  };
  const feature = (ground: Ground, geometry: Geometry): Feature<Geometry, { ground: Ground }> => ({ type: "Feature", properties: { ground }, geometry });
  const circle = (radius: number, squash = 1, east = 0, north = 0): Position[] =>
    Array.from({ length: 49 }, (_, n) => place(east + radius * Math.cos((n * Math.PI) / 24), north + radius * squash * Math.sin((n * Math.PI) / 24)));

  const features: Feature<Geometry, { ground: Ground }>[] = [];
  const bend = 900 + chance() * 1400;
  const shift = (chance() - 0.5) * 3200;
  const bank = (width: number): Position[] =>
    Array.from({ length: 41 }, (_, n) => {
      const along = -REACH_M * 1.3 + (n * REACH_M * 2.6) / 40;
      return place(along, shift + bend * Math.sin(along / 3100) + along * 0.18 + width);
    });
  const half = 170 + chance() * 120;
  features.push(feature("river", { type: "Polygon", coordinates: [[...bank(half), ...bank(-half).reverse(), ...bank(half).slice(0, 1)]] }));
  for (let n = 0; n < 7; n += 1) {
    const [east, north, radius] = [(chance() - 0.5) * 11_000, (chance() - 0.5) * 11_000, 260 + chance() * 420];
    features.push(feature("park", { type: "Polygon", coordinates: [circle(radius, 0.6 + chance() * 0.4, east, north)] }));
  }
  const count = Math.floor(REACH_M / GRID_M);
  for (let n = -count; n <= count; n += 1) {
    const ground: Ground = n % 4 === 0 ? "avenue" : "street";
    const away = n * GRID_M + (n % 4 === 0 ? 0 : (chance() - 0.5) * 260);
    const reach = Math.sqrt(Math.max(0, REACH_M ** 2 - away ** 2)) * (ground === "avenue" ? 1 : 0.72 + chance() * 0.2);
    features.push(feature(ground, { type: "LineString", coordinates: [place(-reach, away), place(reach, away)] }));
    features.push(feature(ground, { type: "LineString", coordinates: [place(away, -reach), place(away, reach)] }));
  }
  for (const radius of [2200, 4600, 7600]) features.push(feature("ring", { type: "LineString", coordinates: circle(radius, 0.82 + chance() * 0.18) }));
  return { type: "FeatureCollection", features };
}
