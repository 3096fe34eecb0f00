/** Tell operators what wants their hand. */
import type { NoticeSource } from "../notices";

export const deskNotices: NoticeSource[] = [];
