/** The words of the merchant's pages; each part keeps its own file. */
import * as goods from "../merchant/words/goods";
import * as home from "../merchant/words/home";
import * as places from "../merchant/words/places";
import * as returns from "../merchant/words/returns";
import * as shop from "../merchant/words/shop";
import * as trade from "../merchant/words/trade";

export const zh = { ...home.zh, ...goods.zh, ...places.zh, ...trade.zh, ...returns.zh, ...shop.zh };

export const en: typeof zh = { ...home.en, ...goods.en, ...places.en, ...trade.en, ...returns.en, ...shop.en };
