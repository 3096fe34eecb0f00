/** Keep the cart on this device, for guests as well, the same in every tab: each change is made on what is stored now. */
import { computed, ref } from "vue";
import * as cart from "../logic/cart-lines";

const STORED = "fairday.shop.cart";
const lines = ref<cart.CartLine[]>(read());

function read(): cart.CartLine[] {
  try {
    return cart.parse(localStorage.getItem(STORED));
  } catch {
    return [];
  }
}

function change(make: (before: cart.CartLine[]) => cart.CartLine[]): void {
  let before = lines.value;
  try {
    const kept = localStorage.getItem(STORED);
    if (kept !== null) before = cart.parse(kept);
  } catch {
    // Without storage the cart lives as long as the page.
  }
  lines.value = make(before);
  try {
    localStorage.setItem(STORED, JSON.stringify(lines.value));
  } catch {
    // As above.
  }
}

window.addEventListener("storage", (event) => {
  if (event.key === STORED || event.key === null) lines.value = read();
});

export function useCart() {
  return {
    lines,
    count: computed(() => lines.value.reduce((sum, line) => sum + line.quantity, 0)),
    add: (line: cart.CartLine) => change((before) => cart.add(before, line)),
    setQuantity: (key: string, quantity: number) => change((before) => cart.setQuantity(before, key, quantity)),
    choose: (keys: ReadonlySet<string>, isChosen: boolean) => change((before) => cart.choose(before, keys, isChosen)),
    remove: (keys: ReadonlySet<string>) => change((before) => cart.remove(before, keys)),
  };
}
