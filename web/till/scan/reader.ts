/** Choose how codes are read from the camera: the browser's own detector when it really works, else zxing in a worker. */
import { encode } from "uqr";
import wasmUrl from "zxing-wasm/reader/zxing_reader.wasm?url";
import type { Told } from "./reader.worker";

export interface CodeReader {
  readonly name: "native" | "zxing";
  read(picture: ImageBitmap): Promise<string | null>;
  close(): void;
}

interface Detector {
  detect(source: ImageBitmap | HTMLCanvasElement): Promise<{ rawValue: string }[]>;
}
type DetectorClass = { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> };

const WANTED = ["qr_code", "ean_13", "ean_8", "upc_a", "code_128"];
const PROBE = "FAIRDAY";

export async function makeReader(): Promise<CodeReader> {
  return (await nativeReader()) ?? wasmReader();
}

/** Some browsers list a detector that finds nothing: it must read a code that we draw before it is trusted. */
async function nativeReader(): Promise<CodeReader | null> {
  const found = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (!found) return null;
  try {
    const formats = (await found.getSupportedFormats()).filter((one) => WANTED.includes(one));
    if (!formats.includes("qr_code") || !formats.includes("ean_13")) return null;
    const detector = new found({ formats });
    const [seen] = await detector.detect(drawQr(PROBE));
    if (seen?.rawValue !== PROBE) return null;
    return {
      name: "native",
      read: async (picture) => {
        const [code] = await detector.detect(picture);
        picture.close();
        return code?.rawValue ?? null;
      },
      close: () => undefined,
    };
  } catch {
    return null;
  }
}

function drawQr(text: string): HTMLCanvasElement {
  const { data, size } = encode(text, { border: 4 });
  const scale = 6;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * scale;
  const pen = canvas.getContext("2d")!;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#000";
  data.forEach((row, y) => row.forEach((isDark, x) => isDark && pen.fillRect(x * scale, y * scale, scale, scale)));
  return canvas;
}

function wasmReader(): CodeReader {
  const worker = new Worker(new URL("./reader.worker.ts", import.meta.url), { type: "module" });
  worker.postMessage({ wasmUrl: new URL(wasmUrl, location.href).href });
  const waiting = new Map<number, (text: string | null) => void>();
  let id = 0;
  worker.onmessage = ({ data }: MessageEvent<Told>) => {
    waiting.get(data.id)?.(data.text);
    waiting.delete(data.id);
  };
  return {
    name: "zxing",
    read: (picture) =>
      new Promise((resolve) => {
        id += 1;
        waiting.set(id, resolve);
        worker.postMessage({ id, picture }, [picture]);
      }),
    close: () => {
      worker.terminate();
      for (const resolve of waiting.values()) resolve(null);
    },
  };
}
