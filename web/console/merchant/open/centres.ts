/** The middle of each province's capital (WGS-84, two digits): where a shop stands until its owner moves it. */
export const CENTRES: Readonly<Record<string, readonly [number, number]>> = {
  "CN-AH": [31.82, 117.23], "CN-BJ": [39.9, 116.41], "CN-CQ": [29.56, 106.55], "CN-FJ": [26.08, 119.3], "CN-GD": [23.13, 113.26],
  "CN-GS": [36.06, 103.83], "CN-GX": [22.82, 108.37], "CN-GZ": [26.65, 106.63], "CN-HA": [34.75, 113.63], "CN-HB": [30.59, 114.31],
  "CN-HE": [38.04, 114.51], "CN-HI": [20.04, 110.2], "CN-HK": [22.28, 114.16], "CN-HL": [45.8, 126.53], "CN-HN": [28.23, 112.94],
  "CN-JL": [43.82, 125.32], "CN-JS": [32.06, 118.8], "CN-JX": [28.68, 115.86], "CN-LN": [41.81, 123.43], "CN-MO": [22.2, 113.54],
  "CN-NM": [40.84, 111.75], "CN-NX": [38.49, 106.23], "CN-QH": [36.62, 101.78], "CN-SC": [30.57, 104.07], "CN-SD": [36.65, 117.12],
  "CN-SH": [31.23, 121.47], "CN-SN": [34.34, 108.94], "CN-SX": [37.87, 112.55], "CN-TJ": [39.34, 117.36], "CN-TW": [25.03, 121.57],
  "CN-XJ": [43.83, 87.62], "CN-XZ": [29.65, 91.17], "CN-YN": [24.88, 102.83], "CN-ZJ": [30.27, 120.16],
};

/** Guess the province of a point by the nearest capital; the owner sees it and may choose another. */
export function nearestRegion(latitude: number, longitude: number): string {
  const shrink = Math.cos((latitude * Math.PI) / 180);
  const far = ([lat, lng]: readonly [number, number]): number => (lat - latitude) ** 2 + ((lng - longitude) * shrink) ** 2;
  return Object.entries(CENTRES).reduce((best, one) => (far(one[1]) < far(best[1]) ? one : best))[0];
}
