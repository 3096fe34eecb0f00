/** Keep the views a person saved for a page, on this device. */
import { ref, type Ref } from "vue";
import type { View } from "./index-state";

const STORED = "fairday.console.views.";

export function useSavedViews(page: string): { saved: Ref<View[]>; add: (view: View) => void; drop: (key: string) => void } {
  const saved = ref<View[]>(read(page));
  const write = (views: View[]): void => {
    saved.value = views;
    try {
      localStorage.setItem(STORED + page, JSON.stringify(views));
    } catch {
      // Without storage a saved view lives as long as the page.
    }
  };
  return {
    saved,
    add: (view) => write([...saved.value, view]),
    drop: (key) => write(saved.value.filter((view) => view.key !== key)),
  };
}

function read(page: string): View[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(STORED + page) ?? "[]");
    return Array.isArray(found) ? (found as View[]).filter((view) => typeof view?.key === "string" && typeof view.label === "string") : [];
  } catch {
    return [];
  }
}
