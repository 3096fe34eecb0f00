/** The sections of the navigation, from top to bottom; their names are in messages/shell.ts. */
export const SECTIONS = ["main", "festival", "goods", "offers", "trade", "money", "team", "connect", "system"] as const;
export type Section = (typeof SECTIONS)[number];
