/** Say what is wrong with an offer in the reader's words: the API tells faults in English, for every tool alike. Pure. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/^name:/, "name"],
  [/shares must sum/, "funders_sum"],
  [/^a funder stands twice/, "funder_twice"],
  [/^funders: one brand/, "one_brand"],
  [/^funders: a merchant pays/, "merchant_pays"],
  [/^it ends before it begins/, "ends"],
  [/^it needs a code/, "codes"],
  [/^nth_item has either|^a step has either/, "no_off"],
  [/^get_items goes with/, "get_goods"],
  [/^two steps begin/, "steps_twice"],
  [/^condition: \w+ can be simulated/, "not_sold"],
  [/^items: there is no/, "unknown_goods"],
  [/^budget_minor: orders have taken/, "budget_taken"],
];

/** The message key of a fault; null for one that is only known in English. */
export function faultKey(fault: string): string | null {
  const found = KNOWN.find(([pattern]) => pattern.test(fault));
  return found ? `desk.offers.fault.${found[1]}` : null;
}
