/** The words of the operator's pages and of offers. */
export const zh = {
  home: { title: "运营台" },
};

export const en: typeof zh = {
  home: { title: "Operations" },
};
