/** Ask the sources of notices once a minute; a source that fails is silent until the next time. */
import { onScopeDispose, shallowRef, type Ref } from "vue";
import { noticeSources, type Notice } from "../notices";
import { role } from "../session";
import { useWords } from "../use-words";

const EVERY_MS = 60_000;
const WEIGHT = { critical: 0, attention: 1, info: 2 } as const;

export function useNotices(): Ref<Notice[]> {
  const { t } = useWords();
  const notices = shallowRef<Notice[]>([]);
  const read = async (): Promise<void> => {
    const mine = role.value;
    if (!mine || document.visibilityState === "hidden") return;
    const lists = await Promise.all(
      noticeSources.filter((source) => source.roles.includes(mine)).map((source) => source.read((key, values) => t(key, values ?? {})).catch(() => [])),
    );
    notices.value = lists.flat().sort((a, b) => WEIGHT[a.tone] - WEIGHT[b.tone]);
  };
  void read();
  const timer = window.setInterval(() => void read(), EVERY_MS);
  onScopeDispose(() => window.clearInterval(timer));
  return notices;
}
