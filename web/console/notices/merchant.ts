/** Tell a merchant what wants attention: stores that do not report, goods that run out. */
import type { NoticeSource } from "../notices";

export const merchantNotices: NoticeSource[] = [];
