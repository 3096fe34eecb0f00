/** What the log of offline records holds, for every page to see; the offline side keeps it up to date. */
import { reactive } from "vue";

export type LogTrouble = null | { kind: "tampered"; seq: number } | { kind: "forked" } | { kind: "revoked" } | { kind: "failed"; text: string };

export const log = reactive<{
  pendingCount: number;
  isSyncing: boolean;
  /** All that waits was saved as a file. */
  isSaved: boolean;
  trouble: LogTrouble;
  lastSyncAt: string | null;
  breaksCount: number;
}>({ pendingCount: 0, isSyncing: false, isSaved: false, trouble: null, lastSyncAt: null, breaksCount: 0 });
