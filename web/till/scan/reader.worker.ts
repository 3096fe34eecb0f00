/** Read codes in pictures off the main thread, with zxing's WebAssembly from our own host. */
import { prepareZXingModule, readBarcodes, type ReaderOptions } from "zxing-wasm/reader";

export type Ask = { wasmUrl: string } | { id: number; picture: ImageBitmap };
export type Told = { id: number; text: string | null };

const OPTIONS: ReaderOptions = {
  formats: ["QRCode", "EAN13", "EAN8", "UPCA", "UPCE", "Code128"],
  tryHarder: true,
  tryInvert: false,
  maxNumberOfSymbols: 1,
  textMode: "Plain",
};
let canvas: OffscreenCanvas | null = null;

self.onmessage = async ({ data }: MessageEvent<Ask>): Promise<void> => {
  if ("wasmUrl" in data) {
    prepareZXingModule({ overrides: { locateFile: () => data.wasmUrl }, fireImmediately: true });
    return;
  }
  const { picture, id } = data;
  if (canvas?.width !== picture.width || canvas.height !== picture.height) canvas = new OffscreenCanvas(picture.width, picture.height);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  let text: string | null = null;
  if (pen) {
    pen.drawImage(picture, 0, 0);
    const [found] = await readBarcodes(pen.getImageData(0, 0, picture.width, picture.height), OPTIONS).catch(() => []);
    text = found?.isValid ? found.text : null;
  }
  picture.close();
  self.postMessage({ id, text } satisfies Told);
};
