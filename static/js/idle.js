// Nobody there: after data-idle-after seconds without a touch the dialog #idle-dialog asks; after data-idle-grace more everything is wiped:
// the form, the language, storage, and the way back. Both attributes stand on <html> or <body> (45 and 20 by default).
// A page with its own timer (the wait for the host) sets data-idle-after="90". Any touch, key or scan counts as somebody there.

const setting = (name, otherwise) => Number(document.body.dataset[name] ?? document.documentElement.dataset[name] ?? otherwise);
const after = () => 1000 * setting("idleAfter", 45);
const grace = () => 1000 * setting("idleGrace", 20);

let touchedAt = Date.now();
let askedAt = null;
let isWiping = false;

const dialog = () => document.getElementById("idle-dialog");

/** Somebody is there: begin counting anew. */
export function stay() {
  if (isWiping) return;
  touchedAt = Date.now();
  askedAt = null;
  if (dialog()?.open) dialog().close();
}

function ask() {
  askedAt = Date.now();
  const box = dialog();
  if (box && !box.open) box.showModal();
}

function look() {
  if (isWiping) return;
  const now = Date.now();
  if (askedAt === null) {
    if (now - touchedAt >= after()) ask();
    return;
  }
  const left = Math.max(0, Math.ceil((askedAt + grace() - now) / 1000));
  const place = dialog()?.querySelector("[data-idle-left]");
  if (place && place.textContent !== String(left)) place.textContent = String(left);
  if (left === 0) wipe();
}

/** Leave nothing: the server forgets the draft, the browser its storage, and this page is replaced by the start. */
export async function wipe() {
  if (isWiping) return;
  isWiping = true;
  const form = document.getElementById("wipe-form");
  document.documentElement.dataset.wiping = "";
  for (const each of document.forms) for (const field of each.elements) if (/^(text|tel|search|email|number|password)$/.test(field.type)) field.value = "";
  forgetStorage();
  const away = document.getElementById("away");
  while (form && !(await post(form)) && away) await say(away);
  location.replace(form?.dataset.home || "/");
}

/** The server is away and has not forgotten yet: the page holds <template id="away"> and nothing else until it answers. */
async function say(away) {
  document.body.replaceChildren(away.content.cloneNode(true), away);
  document.documentElement.removeAttribute("data-wiping");
  await new Promise((resolve) => setTimeout(resolve, 3000));
}

function forgetStorage() {
  try {
    sessionStorage.clear();
    // What belongs to the device and not to the person stays (yb:device:…).
    for (const key of Object.keys(localStorage)) if (!key.startsWith("yb:device:")) localStorage.removeItem(key);
  } catch { /* storage is off: nothing was kept */ }
}

/** Tell the server to forget; false when it did not answer. */
async function post(form) {
  const headers = { "X-CSRF-Token": document.querySelector('meta[name="csrf"]')?.content ?? "" };
  try {
    const answer = await fetch(form.action, { method: "POST", headers, body: new URLSearchParams(new FormData(form)), redirect: "manual", keepalive: true, signal: AbortSignal.timeout(3000) });
    return answer.status < 500;
  } catch {
    return false;
  }
}

const touched = () => { if (askedAt === null) stay(); };
for (const kind of ["pointerdown", "keydown", "input", "wheel", "touchstart"]) window.addEventListener(kind, touched, { capture: true, passive: true });
// While it asks, only a whole tap answers: closing on the way down would let the finger's way up press what lies below.
window.addEventListener("click", () => stay(), true);
document.addEventListener("cancel", (event) => { if (event.target === dialog()) stay(); }, true);
document.addEventListener("yb:scan", stay);
document.addEventListener("click", (event) => { if (event.target.closest?.("[data-wipe]")) wipe(); });
// A page shown again from the browser's cache after a wipe must not show the last visitor.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
setInterval(look, 250);
