// Reads QR and bar codes from a camera: every [data-camera] on the page (macro ui.camera) starts by itself and stops when it leaves the page.
// data-state tells where it stands: starting, looking, denied, none, off. What is read is sent as `yb:scan` on document: {text, source: "camera", format}.
// The reader is zxing's WebAssembly, served by us; nothing is fetched from elsewhere. data-facing="user" asks for the front camera.
import { BarcodeDetector, prepareZXingModule } from "../vendor/barcode-detector/ponyfill.js";

const FORMATS = ["qr_code", "code_128", "code_39", "ean_13", "ean_8", "itf", "data_matrix"];
const EVERY = 120;
const AGAIN = 3000;

prepareZXingModule({ overrides: { locateFile: (name) => new URL(`../vendor/zxing-wasm/${name}`, import.meta.url).href } });

const detector = new BarcodeDetector({ formats: FORMATS });
const running = new WeakMap();

/** Start the camera in `box`; does nothing when it runs already. */
export async function start(box) {
  if (running.has(box)) return;
  const run = { stream: null, last: "", lastAt: 0 };
  running.set(box, run);
  box.dataset.state = "starting";
  if (!navigator.mediaDevices?.getUserMedia) return end(box, "none");
  try {
    const facingMode = box.dataset.facing ?? "environment";
    run.stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode, width: { ideal: 1280 }, height: { ideal: 720 } } });
    if (!box.isConnected) return end(box, "off");
    const video = box.querySelector("video");
    video.srcObject = run.stream;
    await video.play();
    box.dataset.state = "looking";
    look(box, video, run);
  } catch (error) {
    end(box, error?.name === "NotAllowedError" || error?.name === "SecurityError" ? "denied" : "none");
  }
}

/** Stop the camera in `box` and free it. */
export function stop(box) {
  end(box, "off");
}

function end(box, state) {
  running.get(box)?.stream?.getTracks().forEach((track) => track.stop());
  running.delete(box);
  box.dataset.state = state;
}

async function look(box, video, run) {
  if (running.get(box) !== run) return;
  if (!box.isConnected) return end(box, "off");
  if (!document.hidden && video.readyState >= 2) {
    try {
      const [code] = await detector.detect(video);
      if (code) tell(code, run);
    } catch (error) {
      console.error("camera", error);
    }
  }
  setTimeout(() => look(box, video, run), EVERY);
}

function tell(code, run) {
  const now = Date.now();
  if (code.rawValue === run.last && now - run.lastAt < AGAIN) {
    run.lastAt = now;
    return;
  }
  run.last = code.rawValue;
  run.lastAt = now;
  document.dispatchEvent(new CustomEvent("yb:scan", { detail: { text: code.rawValue, source: "camera", format: code.format } }));
}

const startAll = () => document.querySelectorAll("[data-camera]:not([data-state]), [data-camera][data-state='']").forEach(start);
new MutationObserver(startAll).observe(document.body, { childList: true, subtree: true });
document.addEventListener("click", (event) => {
  const box = event.target.closest?.("[data-camera]");
  if (box && ["denied", "none", "off"].includes(box.dataset.state)) start(box);
});
window.addEventListener("pagehide", () => document.querySelectorAll("[data-camera]").forEach(stop));
startAll();
