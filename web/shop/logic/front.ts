/** Choose how a store's front looks, the same every time: colours by its merchant, skyline by the store. */
export interface Front {
  main: string;
  band: string;
  wall: string;
  sky: readonly [string, string];
  stripes: number;
  moon: number;
  roofs: string;
  lights: readonly { x: number; y: number }[];
}

const LOOKS = [
  ["#c2231f", "#7d1524", "#f6e3cf"],
  ["#b3590a", "#6a3410", "#f7ead2"],
  ["#217a56", "#134a38", "#e8efe0"],
  ["#3a55ab", "#22316b", "#e6e9f4"],
  ["#7c3d94", "#4a2360", "#efe4f2"],
  ["#57422a", "#372a1c", "#efe6d6"],
] as const;
const SKIES = [
  ["#1a2650", "#f0a05a"],
  ["#101937", "#7a4a86"],
  ["#24407c", "#f3c98b"],
] as const;

const sum = (text: string): number => [...text].reduce((total, one) => (total * 31 + one.charCodeAt(0)) >>> 0, 7);

export function frontOf(storeId: string, merchantId: string): Front {
  const [main, band, wall] = LOOKS[sum(merchantId) % LOOKS.length] ?? LOOKS[0];
  let state = sum(storeId);
  const chance = (most: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * most);
  };
  let roofs = "M0 278";
  const lights: { x: number; y: number }[] = [];
  for (let x = 0; x < 720; x += 60) {
    const top = 70 + chance(90);
    roofs += `V${top}h60`;
    for (let n = 0; n < 3; n += 1) lights.push({ x: x + 8 + chance(36), y: top + 14 + chance(70) });
  }
  return { main, band, wall, sky: SKIES[chance(SKIES.length)] ?? SKIES[0], stripes: 8 + chance(3) * 2, moon: 70 + chance(560), roofs: `${roofs}V278z`, lights };
}
