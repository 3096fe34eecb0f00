/** Give the plain-language writer its words: language, names of stores, merchants and phases. */
import { computed, shallowRef } from "vue";
import type { Schema } from "@shared/api/client";
import { api, call } from "../../session";
import { useWords } from "../../use-words";
import { useNames } from "../use-names";
import type { TermWords } from "./terms-words";

const festivals = shallowRef<Schema<"Festival">[]>([]);

export function useTermWords() {
  const { t, offer, number, moment, named } = useWords();
  const names = useNames();
  if (!festivals.value.length) {
    void call(() => api.GET("/v1/festivals", { params: { query: { limit: 100 } } }))
      .then((page) => (festivals.value = page.items))
      .catch(() => undefined);
  }
  const phases = computed(() =>
    festivals.value.flatMap((festival) => festival.phases.map((phase) => ({ id: phase.phase_id, label: `${named(festival)} · ${named(phase)}` }))),
  );
  const phaseNames = computed(() => new Map(phases.value.map((one) => [one.id, one.label])));
  const words: TermWords = {
    t: (key, values) => (typeof values === "number" ? t(key, values) : t(key, values ?? {})),
    offer,
    moment,
    number,
    store: names.store,
    merchant: names.merchant,
    phase: (id) => phaseNames.value.get(id) ?? id,
  };
  return { words, names, phases };
}
