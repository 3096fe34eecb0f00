/** Run an index page: its address, its pages of rows, what is chosen. Answers that come late, after another question, are dropped. */
import { computed, ref, shallowRef, watch, type Ref } from "vue";
import { useRoute, useRouter, type LocationQueryRaw } from "vue-router";
import { readShown, writeShown, type Ask, type Found, type Query, type Shown, type View } from "./index-state";

export interface IndexSetting<Row> {
  views: Ref<readonly View[]>;
  filterKeys: Ref<readonly string[]>;
  limit: number;
  load: (ask: Ask) => Promise<Found<Row>>;
  keyOf: (row: Row) => string;
}

export function useIndex<Row>(setting: IndexSetting<Row>) {
  const route = useRoute();
  const router = useRouter();
  const shown = computed(() => readShown(route.query as Query, setting.views.value, setting.filterKeys.value));
  const rows = shallowRef<Row[]>([]);
  const isLoading = ref(true);
  const isCut = ref(false);
  const error = shallowRef<unknown>(null);
  const cursors = ref<(string | null)[]>([null]);
  const next = ref<string | null>(null);
  const chosen = ref(new Set<string>());
  let turn = 0;

  const ask = (cursor: string | null, limit = setting.limit): Ask => ({ q: shown.value.q, filters: shown.value.filters, sort: shown.value.sort, cursor, limit });

  async function read(): Promise<void> {
    const mine = (turn += 1);
    isLoading.value = true;
    error.value = null;
    try {
      const found = await setting.load(ask(cursors.value.at(-1) ?? null));
      if (mine !== turn) return;
      rows.value = found.items;
      next.value = found.next_cursor ?? null;
      isCut.value = found.isCut ?? false;
      const keys = new Set(found.items.map(setting.keyOf));
      chosen.value = new Set([...chosen.value].filter((key) => keys.has(key)));
    } catch (problem) {
      if (mine === turn) error.value = problem;
    } finally {
      if (mine === turn) isLoading.value = false;
    }
  }

  function show(change: Partial<Shown>): void {
    const written = writeShown({ ...shown.value, ...change }, setting.views.value, route.query as Query, setting.filterKeys.value);
    void router.replace({ query: written as LocationQueryRaw });
  }

  watch(
    () => JSON.stringify([shown.value.q, shown.value.filters, shown.value.sort]),
    () => {
      cursors.value = [null];
      chosen.value = new Set();
      void read();
    },
    { immediate: true },
  );

  return {
    shown,
    rows,
    isLoading,
    isCut,
    error,
    chosen,
    page: computed(() => cursors.value.length),
    hasNext: computed(() => next.value !== null),
    read,
    show,
    /** Open a view as it is: its filters, nothing else. */
    openView: (key: string) => {
      const view = setting.views.value.find((one) => one.key === key);
      show({ view: key, q: "", filters: { ...view?.filters }, sort: view?.sort ? { key: view.sort.replace(/^-/, ""), isDown: view.sort.startsWith("-") } : null });
    },
    forward: () => {
      if (next.value === null) return;
      cursors.value = [...cursors.value, next.value];
      void read();
    },
    back: () => {
      if (cursors.value.length < 2) return;
      cursors.value = cursors.value.slice(0, -1);
      void read();
    },
    /** Every row of what is shown, page after page, up to `max`; for the export. */
    all: async (max: number): Promise<{ rows: Row[]; isCut: boolean }> => {
      const found: Row[] = [];
      let cursor: string | null = null;
      do {
        const page: Found<Row> = await setting.load(ask(cursor, 100));
        found.push(...page.items);
        cursor = page.next_cursor ?? null;
      } while (cursor !== null && found.length < max);
      return { rows: found.slice(0, max), isCut: cursor !== null || found.length > max };
    },
  };
}
