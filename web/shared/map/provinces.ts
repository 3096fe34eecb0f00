/** Give the provinces of China as GeoJSON, from the map that ECharts ships (its own packed form); drawn in WGS-84 degrees. */
import type { FeatureCollection, MultiPolygon, Polygon, Position } from "geojson";

interface Packed {
  features: readonly {
    properties: { name: string };
    geometry: { type: string; coordinates: unknown; encodeOffsets?: unknown };
  }[];
}

/** Unpack one ring: each character pair is a step from the point before, in 1/1024 degree, zigzag, from an offset. */
export function unpackRing(packed: string, offset: readonly [number, number]): Position[] {
  const ring: Position[] = [];
  let [x, y] = offset;
  const step = (code: number): number => ((code - 64) >> 1) ^ -((code - 64) & 1);
  for (let at = 0; at + 1 < packed.length; at += 2) {
    x += step(packed.charCodeAt(at));
    y += step(packed.charCodeAt(at + 1));
    ring.push([x / 1024, y / 1024]);
  }
  return ring;
}

export function provinces(packed: Packed): FeatureCollection<Polygon | MultiPolygon, { name: string }> {
  const features = packed.features.map(({ properties, geometry }) => {
    const isOne = geometry.type === "Polygon";
    const polygons = (isOne ? [geometry.coordinates] : geometry.coordinates) as (string | Position[])[][];
    const offsets = (isOne ? [geometry.encodeOffsets] : (geometry.encodeOffsets ?? [])) as [number, number][][];
    const coordinates = polygons.map((rings, p) => rings.map((ring, r) => (typeof ring === "string" ? unpackRing(ring, offsets[p]?.[r] ?? [0, 0]) : ring)));
    return { type: "Feature" as const, properties: { name: properties.name }, geometry: { type: "MultiPolygon" as const, coordinates } };
  });
  return { type: "FeatureCollection", features };
}
