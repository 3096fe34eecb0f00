/** Join the regions that the API counts (ISO 3166-2:CN) to the provinces that the map draws (their short Chinese names). */
export const PROVINCE_BY_REGION: Readonly<Record<string, string>> = {
  "CN-AH": "安徽",
  "CN-BJ": "北京",
  "CN-CQ": "重庆",
  "CN-FJ": "福建",
  "CN-GD": "广东",
  "CN-GS": "甘肃",
  "CN-GX": "广西",
  "CN-GZ": "贵州",
  "CN-HA": "河南",
  "CN-HB": "湖北",
  "CN-HE": "河北",
  "CN-HI": "海南",
  "CN-HK": "香港",
  "CN-HL": "黑龙江",
  "CN-HN": "湖南",
  "CN-JL": "吉林",
  "CN-JS": "江苏",
  "CN-JX": "江西",
  "CN-LN": "辽宁",
  "CN-MO": "澳门",
  "CN-NM": "内蒙古",
  "CN-NX": "宁夏",
  "CN-QH": "青海",
  "CN-SC": "四川",
  "CN-SD": "山东",
  "CN-SH": "上海",
  "CN-SN": "陕西",
  "CN-SX": "山西",
  "CN-TJ": "天津",
  "CN-TW": "台湾",
  "CN-XJ": "新疆",
  "CN-XZ": "西藏",
  "CN-YN": "云南",
  "CN-ZJ": "浙江",
};

/** Provinces that lie too close together for every label to fit; the eye gets the largest ones, the bars tell the rest. */
export const LABELS_MAX = 6;

const STOPS: readonly (readonly [number, number, number])[] = [
  [33, 46, 99],
  [92, 34, 84],
  [164, 38, 66],
  [229, 66, 46],
  [255, 197, 92],
];

/** The colour of a share of the largest province, 0 to 1. The square root keeps small provinces apart from none. */
export function heat(share: number): string {
  const place = Math.sqrt(share > 0 ? Math.min(1, share) : 0) * (STOPS.length - 1);
  const below = Math.min(STOPS.length - 2, Math.floor(place));
  const from = STOPS[below] ?? [0, 0, 0];
  const to = STOPS[below + 1] ?? from;
  const mixed = from.map((channel, i) => Math.round(channel + ((to[i] ?? channel) - channel) * (place - below)));
  return `rgb(${mixed.join(",")})`;
}
