/** Know where the person looks: their position when they allow it, else the city they chose; kept on this device. */
import { computed, reactive } from "vue";
import { CITIES, type City, nearestCity } from "@shared/map/cities";

const STORED = "fairday.shop.city";
const here = reactive<{ cityKey: string; position: { latitude: number; longitude: number } | null; asked: "no" | "asking" | "given" | "denied" }>({
  cityKey: read(),
  position: null,
  asked: "no",
});

function read(): string {
  try {
    return localStorage.getItem(STORED) ?? "shanghai";
  } catch {
    return "shanghai";
  }
}

export function chooseCity(key: string): void {
  here.cityKey = key;
  here.position = null;
  if (here.asked === "given") here.asked = "no";
  try {
    localStorage.setItem(STORED, key);
  } catch {
    // Then it holds as long as the page.
  }
}

/** Ask the device for its position; without it the chosen city stands. */
export function locate(): Promise<void> {
  here.asked = "asking";
  return new Promise((resolve) => {
    const denied = (): void => {
      here.asked = "denied";
      resolve();
    };
    if (!("geolocation" in navigator)) return denied();
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        here.position = { latitude: coords.latitude, longitude: coords.longitude };
        here.cityKey = nearestCity(coords.latitude, coords.longitude).key;
        here.asked = "given";
        resolve();
      },
      denied,
      { timeout: 8000, maximumAge: 300_000 },
    );
  });
}

export function useHere() {
  const city = computed<City>(() => CITIES.find((one) => one.key === here.cityKey) ?? (CITIES[0] as City));
  const point = computed(() => here.position ?? { latitude: city.value.latitude, longitude: city.value.longitude });
  return { here, city, point, near: computed(() => `${point.value.latitude.toFixed(5)},${point.value.longitude.toFixed(5)}`) };
}
