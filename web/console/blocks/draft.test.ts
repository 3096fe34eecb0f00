import { expect, test } from "vitest";
import { changed, useDraft } from "./draft";

test("only what was changed is sent", () => {
  const draft = useDraft({ name: "Tea", tags: ["green"], price: 10 });
  expect(draft.isDirty.value).toBe(false);
  draft.value.tags.push("new");
  expect(draft.isDirty.value).toBe(true);
  expect(draft.changes()).toEqual({ tags: ["green", "new"] });
});

test("discarding goes back, also inside lists, and is clean again", () => {
  const draft = useDraft({ hours: [{ opens: "09:00" }] });
  draft.value.hours[0]!.opens = "10:00";
  draft.discard();
  expect(draft.value.hours).toEqual([{ opens: "09:00" }]);
  expect(draft.isDirty.value).toBe(false);
});

test("what the server answered becomes the new original", () => {
  const draft = useDraft<{ name: string }>({ name: "a" });
  draft.value.name = "b";
  draft.accept({ name: "B" });
  expect(draft.isDirty.value).toBe(false);
  expect(draft.value.name).toBe("B");
});

test("changing and changing back is no change", () => {
  expect(changed({ a: [1, 2] }, { a: [1, 2] })).toEqual({});
});
