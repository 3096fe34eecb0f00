/** Read codes from the camera while a component lives: frames go to the reader one at a time, each code is told once. */
import { onScopeDispose, ref, shallowRef, type Ref } from "vue";
import { scanned } from "./bus";
import { type CodeReader, makeReader } from "./reader";

/** A code that stays before the lens is not told again until it was away for so long. */
const AWAY_MS = 1500;
const WIDTH_MAX = 960;

export type CameraState = "starting" | "running" | "denied" | "missing";

export function useCamera(video: Ref<HTMLVideoElement | null>) {
  const state = ref<CameraState>("starting");
  const hasTorch = ref(false);
  const isTorchOn = ref(false);
  const stream = shallowRef<MediaStream | null>(null);
  let reader: CodeReader | null = null;
  let isOver = false;
  let last = { text: "", at: -Infinity };

  async function start(): Promise<void> {
    if (!navigator.mediaDevices?.getUserMedia) {
      state.value = "missing";
      return;
    }
    try {
      const found = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } }, audio: false });
      if (isOver) return found.getTracks().forEach((track) => track.stop());
      stream.value = found;
      const abilities = found.getVideoTracks()[0]?.getCapabilities?.() as { torch?: boolean } | undefined;
      hasTorch.value = abilities?.torch === true;
      if (video.value) {
        video.value.srcObject = found;
        await video.value.play();
      }
      reader = await makeReader();
      state.value = "running";
      void look();
    } catch (error) {
      state.value = error instanceof DOMException && error.name === "NotAllowedError" ? "denied" : "missing";
    }
  }

  async function look(): Promise<void> {
    while (!isOver && reader) {
      await nextFrame();
      const element = video.value;
      if (isOver || !element || element.readyState < 2 || document.visibilityState !== "visible") continue;
      const width = Math.min(WIDTH_MAX, element.videoWidth);
      const height = Math.round((element.videoHeight * width) / element.videoWidth);
      const text = await reader.read(await createImageBitmap(element, { resizeWidth: width, resizeHeight: height })).catch(() => null);
      if (text) tell(text);
    }
  }

  function tell(text: string): void {
    const now = performance.now();
    const isNew = text !== last.text || now - last.at > AWAY_MS;
    last = { text, at: now };
    if (isNew) scanned(text, "camera");
  }

  function nextFrame(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 60));
  }

  async function toggleTorch(): Promise<void> {
    const track = stream.value?.getVideoTracks()[0];
    if (!track) return;
    const isOn = !isTorchOn.value;
    await track.applyConstraints({ advanced: [{ torch: isOn } as MediaTrackConstraintSet] }).catch(() => undefined);
    isTorchOn.value = isOn;
  }

  onScopeDispose(() => {
    isOver = true;
    stream.value?.getTracks().forEach((track) => track.stop());
    reader?.close();
  });
  return { state, hasTorch, isTorchOn, start, toggleTorch };
}
