/** Write the page's name into the window's title, in the language in use. */
import { ref } from "vue";

/** The message key of the open page's name. */
export const titleKey = ref<string | undefined>();

export function i18nTitle(key: string | undefined): void {
  titleKey.value = key;
}
