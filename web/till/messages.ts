/** The words of these pages. Chinese is the reference; English must have the same keys. */
const zh = {
  title: "Fairday 收银",
};

const en: typeof zh = {
  title: "Fairday till",
};

export const messages = { "zh-CN": zh, en };
