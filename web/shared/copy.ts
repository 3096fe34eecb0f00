/** Copy text, and say for a moment that it was done. Pages on a plain-HTTP address have no clipboard API: use a selection there. */
import { ref } from "vue";

const SAID_MS = 1600;

export function useCopy() {
  /** What was copied last, while it is still being said. */
  const copied = ref<string | null>(null);
  let timer = 0;

  const copy = async (text: string): Promise<void> => {
    if (!(await byClipboard(text)) && !bySelection(text)) return;
    copied.value = text;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => (copied.value = null), SAID_MS);
  };
  return { copied, copy };
}

async function byClipboard(text: string): Promise<boolean> {
  try {
    if (!navigator.clipboard) return false;
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function bySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
