/** The words of the console. Chinese is the reference; English must have the same keys. Each part of the house keeps its own file. */
import * as desk from "./messages/desk";
import * as merchant from "./messages/merchant";
import * as shell from "./messages/shell";

const zh = { shell: shell.zh, merchant: merchant.zh, desk: desk.zh };
const en: typeof zh = { shell: shell.en, merchant: merchant.en, desk: desk.en };

export const messages = { "zh-CN": zh, en };
