/** The words of the till. Chinese is the reference; English must have the same keys. */
import { en } from "./messages/en";
import { zh } from "./messages/zh";

export const messages = { "zh-CN": zh, en };
