/** The words of the merchant's pages. */
export const zh = {
  home: { title: "首页" },
};

export const en: typeof zh = {
  home: { title: "Home" },
};
