/** Draw provinces as SVG paths, and keep their names from lying over each other: pure geometry in pixels, x to the right, y down. */
import type { Point } from "./flights";

type Ring = readonly (readonly number[])[];
export type Area = { readonly type: string; readonly coordinates: unknown };

/** Points closer than this to the one before are left out: an eye does not see them, and each is drawn again with every colour. */
const NEAR_PX = 0.4;

function ringsOf(area: Area): Ring[] {
  return area.type === "Polygon" ? (area.coordinates as Ring[]) : (area.coordinates as Ring[][]).flat();
}

/** The `d` of a province's path: every ring of its polygons closed, to be filled by the even-odd rule. */
export function outline(area: Area, toPixel: (degrees: readonly number[]) => Point): string {
  return ringsOf(area)
    .map((ring) => {
      let last: Point | null = null;
      const kept = ring.map(toPixel).filter((here) => {
        if (last && Math.abs(here[0] - last[0]) < NEAR_PX && Math.abs(here[1] - last[1]) < NEAR_PX) return false;
        last = here;
        return true;
      });
      return `M${kept.map(([x, y]) => `${Number(x.toFixed(1))} ${Number(y.toFixed(1))}`).join("L")}Z`;
    })
    .join("");
}

export interface Label {
  name: string;
  at: Point;
}

/** Width of a name in em: a Chinese character is as wide as the line is high, a Latin letter about half. */
const widthEm = (name: string): number => [...name].reduce((sum, one) => sum + (one > "\u2e80" ? 1 : 0.55), 0);

/** Mark which names are shown: those that stand first keep their place, a later one that would lie over them is left out. */
export function legible(labels: readonly Label[], fontPx: number): boolean[] {
  const taken: { left: number; right: number; top: number; bottom: number }[] = [];
  return labels.map(({ name, at: [x, y] }) => {
    const box = { left: x - fontPx / 4, right: x + fontPx * (0.5 + widthEm(name)), top: y - fontPx * 0.6, bottom: y + fontPx * 0.6 };
    if (taken.some((one) => box.left < one.right && one.left < box.right && box.top < one.bottom && one.top < box.bottom)) return false;
    taken.push(box);
    return true;
  });
}
