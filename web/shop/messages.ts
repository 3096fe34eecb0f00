/** The words of these pages. Chinese is the reference; English must have the same keys. */
const zh = {
  title: "Fairday 购物节",
};

const en: typeof zh = {
  title: "Fairday festival",
};

export const messages = { "zh-CN": zh, en };
