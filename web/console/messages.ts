/** The words of these pages. Chinese is the reference; English must have the same keys. */
const zh = {
  title: "Fairday 后台",
};

const en: typeof zh = {
  title: "Fairday console",
};

export const messages = { "zh-CN": zh, en };
