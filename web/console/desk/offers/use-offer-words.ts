/** Give offers their words in the reader's language: the sentence, the name, and what changes are said with. */
import { useWords } from "../../use-words";
import { useTermWords } from "../coupons/use-term-words";
import { useGoods } from "./use-goods";
import type { TermWords } from "./term-words";
import type { Offer } from "./types";

export function useOfferWords() {
  const { t, te, offer, percent, moment, lang } = useWords();
  const { words, names, phases } = useTermWords();
  const { nameOf } = useGoods();
  const sentence = (said: { sentence: string; sentence_zh: string }): string => (lang.value === "en" ? said.sentence : said.sentence_zh);
  return {
    names,
    phases,
    sentence,
    /** What an offer is called: as it is live, else as it was written last. */
    title: (one: Offer): string => (one.live_terms ?? one.latest.terms).name || t("desk.offers.unnamed"),
    termWords: (currency: string): TermWords => ({ t: (key, values) => t(key, values ?? {}), te, percent, money: (minor) => offer(minor, currency), moment: (instant) => moment(instant), name }),
  };

  function name(id: string): string {
    if (id.startsWith("sku_")) return nameOf(id);
    if (id.startsWith("mer_")) return words.merchant(id);
    if (id.startsWith("sto_")) return words.store(id);
    return id.startsWith("pha_") ? words.phase(id) : id;
  }
}
