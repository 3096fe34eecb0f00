/** Follow the device's wish for a dark look; Element Plus reads it from a class. */
export function followDarkness(): void {
  const wish = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = (): void => void document.documentElement.classList.toggle("dark", wish.matches);
  wish.addEventListener("change", apply);
  apply();
}
