/** One thing that happened, as a timeline tells it. `at` is an instant; `title` and `detail` are in the reader's language. */
export interface TimelineEvent {
  key: string;
  at: string;
  title: string;
  detail?: string;
  tone?: "good" | "attention" | "critical" | "info" | "quiet";
}
