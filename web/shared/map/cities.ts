/** The centres of the cities that people choose from: where a map opens, and "near" begins, while no position is known. WGS-84. */
export interface City {
  key: string;
  /** ISO 3166-2:CN. */
  region_id: string;
  name: string;
  name_en: string;
  latitude: number;
  longitude: number;
}

export const CITIES: readonly City[] = [
  { key: "shanghai", region_id: "CN-SH", name: "上海", name_en: "Shanghai", latitude: 31.2304, longitude: 121.4737 },
  { key: "beijing", region_id: "CN-BJ", name: "北京", name_en: "Beijing", latitude: 39.9042, longitude: 116.4074 },
  { key: "guangzhou", region_id: "CN-GD", name: "广州", name_en: "Guangzhou", latitude: 23.1291, longitude: 113.2644 },
  { key: "shenzhen", region_id: "CN-GD", name: "深圳", name_en: "Shenzhen", latitude: 22.5431, longitude: 114.0579 },
  { key: "hangzhou", region_id: "CN-ZJ", name: "杭州", name_en: "Hangzhou", latitude: 30.2741, longitude: 120.1551 },
  { key: "nanjing", region_id: "CN-JS", name: "南京", name_en: "Nanjing", latitude: 32.0603, longitude: 118.7969 },
  { key: "chengdu", region_id: "CN-SC", name: "成都", name_en: "Chengdu", latitude: 30.5728, longitude: 104.0668 },
  { key: "chongqing", region_id: "CN-CQ", name: "重庆", name_en: "Chongqing", latitude: 29.563, longitude: 106.5516 },
  { key: "wuhan", region_id: "CN-HB", name: "武汉", name_en: "Wuhan", latitude: 30.5928, longitude: 114.3055 },
  { key: "xian", region_id: "CN-SN", name: "西安", name_en: "Xi'an", latitude: 34.3416, longitude: 108.9398 },
  { key: "changsha", region_id: "CN-HN", name: "长沙", name_en: "Changsha", latitude: 28.2282, longitude: 112.9388 },
  { key: "qingdao", region_id: "CN-SD", name: "青岛", name_en: "Qingdao", latitude: 36.0671, longitude: 120.3826 },
  { key: "shenyang", region_id: "CN-LN", name: "沈阳", name_en: "Shenyang", latitude: 41.8057, longitude: 123.4315 },
  { key: "harbin", region_id: "CN-HL", name: "哈尔滨", name_en: "Harbin", latitude: 45.8038, longitude: 126.535 },
  { key: "kunming", region_id: "CN-YN", name: "昆明", name_en: "Kunming", latitude: 24.8801, longitude: 102.8329 },
  { key: "xiamen", region_id: "CN-FJ", name: "厦门", name_en: "Xiamen", latitude: 24.4798, longitude: 118.0894 },
  { key: "zhengzhou", region_id: "CN-HA", name: "郑州", name_en: "Zhengzhou", latitude: 34.7466, longitude: 113.6254 },
  { key: "urumqi", region_id: "CN-XJ", name: "乌鲁木齐", name_en: "Urumqi", latitude: 43.8256, longitude: 87.6168 },
  { key: "haikou", region_id: "CN-HI", name: "海口", name_en: "Haikou", latitude: 20.0444, longitude: 110.1999 },
  { key: "lanzhou", region_id: "CN-GS", name: "兰州", name_en: "Lanzhou", latitude: 36.0611, longitude: 103.8343 },
  { key: "guiyang", region_id: "CN-GZ", name: "贵阳", name_en: "Guiyang", latitude: 26.647, longitude: 106.6302 },
  { key: "nanning", region_id: "CN-GX", name: "南宁", name_en: "Nanning", latitude: 22.817, longitude: 108.3669 },
  { key: "hefei", region_id: "CN-AH", name: "合肥", name_en: "Hefei", latitude: 31.8206, longitude: 117.2272 },
  { key: "tianjin", region_id: "CN-TJ", name: "天津", name_en: "Tianjin", latitude: 39.3434, longitude: 117.3616 },
  { key: "hohhot", region_id: "CN-NM", name: "呼和浩特", name_en: "Hohhot", latitude: 40.8424, longitude: 111.749 },
  { key: "taiyuan", region_id: "CN-SX", name: "太原", name_en: "Taiyuan", latitude: 37.8706, longitude: 112.5489 },
  { key: "nanchang", region_id: "CN-JX", name: "南昌", name_en: "Nanchang", latitude: 28.682, longitude: 115.8579 },
  { key: "changchun", region_id: "CN-JL", name: "长春", name_en: "Changchun", latitude: 43.8171, longitude: 125.3235 },
  { key: "lhasa", region_id: "CN-XZ", name: "拉萨", name_en: "Lhasa", latitude: 29.652, longitude: 91.1721 },
  { key: "xining", region_id: "CN-QH", name: "西宁", name_en: "Xining", latitude: 36.6171, longitude: 101.7782 },
];

/** The city whose centre is nearest, by a flat distance that is good enough to choose among cities. */
export function nearestCity(latitude: number, longitude: number): City {
  const far = (city: City): number => (city.latitude - latitude) ** 2 + ((city.longitude - longitude) * Math.cos((latitude * Math.PI) / 180)) ** 2;
  return CITIES.reduce((best, city) => (far(city) < far(best) ? city : best));
}
