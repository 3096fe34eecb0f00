/** Make a chosen picture small enough to be kept: a square of at most 192 pixels, as a data URL. */
const EDGE = 192;
const LENGTH_MAX = 60_000;

/** Null for what no browser reads as a picture, or what stays too large. */
export async function smallPicture(file: Blob): Promise<string | null> {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return null;
  const side = Math.min(picture.width, picture.height);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.min(EDGE, side);
  const pen = canvas.getContext("2d");
  pen?.drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, canvas.width, canvas.height);
  const tries = [canvas.toDataURL("image/webp", 0.9), canvas.toDataURL("image/png"), canvas.toDataURL("image/jpeg", 0.8)];
  return tries.find((url) => /^data:image\/(png|jpeg|webp);/.test(url) && url.length <= LENGTH_MAX) ?? null;
}
