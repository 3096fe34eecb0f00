/** Edit a copy of a thing: know whether it was changed, what was changed, and how to go back. */
import { computed, reactive, shallowRef, type ComputedRef } from "vue";

export interface Draft<T extends object> {
  /** The copy that fields write into. */
  value: T;
  isDirty: ComputedRef<boolean>;
  /** Only the fields that were changed. */
  changes: () => Partial<T>;
  discard: () => void;
  /** Take a new original, for example what the server answered. */
  accept: (original: T) => void;
}

export function useDraft<T extends object>(first: T): Draft<T> {
  const original = shallowRef<T>(copy(first));
  const value = reactive(copy(first)) as T;
  const accept = (given: T): void => {
    original.value = copy(given);
    for (const key of Object.keys(value)) if (!(key in given)) delete value[key as keyof T];
    Object.assign(value, copy(given));
  };
  return {
    value,
    isDirty: computed(() => Object.keys(changed(original.value, value)).length > 0),
    changes: () => copy(changed(original.value, value)),
    discard: () => accept(original.value),
    accept,
  };
}

/** The fields of `after` that differ from `before`, compared by their content. Pure. */
export function changed<T extends object>(before: T, after: T): Partial<T> {
  const keys = Object.keys(after) as (keyof T)[];
  return Object.fromEntries(keys.filter((key) => !isSame(before[key], after[key])).map((key) => [key, after[key]])) as Partial<T>;
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

function copy<T>(thing: T): T {
  return JSON.parse(JSON.stringify(thing)) as T;
}
