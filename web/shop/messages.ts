/** The words of these pages. Chinese is the reference; English must have the same keys. */
import { en as commonEn, zh as commonZh } from "./messages/common";
import { en as buyEn, zh as buyZh } from "./messages/buy";
import { en as findEn, zh as findZh } from "./messages/find";
import { en as mineEn, zh as mineZh } from "./messages/mine";
import { en as packetsEn, zh as packetsZh } from "./messages/packets";
import { en as returnsEn, zh as returnsZh } from "./messages/returns";

const zh = { ...commonZh, ...findZh, ...buyZh, ...mineZh, ...packetsZh, ...returnsZh };
const en: typeof zh = { ...commonEn, ...findEn, ...buyEn, ...mineEn, ...packetsEn, ...returnsEn };

export const messages = { "zh-CN": zh, en };
