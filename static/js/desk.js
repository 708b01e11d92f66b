// The desk's own small habits.
//   "/" puts the cursor into the search, Escape closes what it found; a scanner's code opens its record, wherever one is.
//   [data-copy] copies, [data-print] prints, <dialog data-open-now> opens when it arrives, and closes when its form was answered.
//   #said holds what was just done: it is shown as a toast, and is not shown again when the page is loaded anew.
//   While somebody uses the page without asking the server for anything, a sign of life is sent once a minute.
import { toast } from "./toast.js";

const AWAKE_MS = 60_000;
const search = document.querySelector("[data-desk-search]");
const found = document.getElementById("found");

// --- keys ----------------------------------------------------------------------------------------------------------------------------

const isTyping = (target) => target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target) && search) {
    event.preventDefault();
    search.querySelector("input").select();
    search.querySelector("input").focus();
  }
  if (event.key === "Escape" && found?.childElementCount) found.replaceChildren();
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && search?.contains(event.target)) step(event);
  // In a form, Enter in the box that looks for a host must not send the form.
  if (event.key === "Enter" && event.target.matches?.("[data-keep-enter]")) event.preventDefault();
});

function step(event) {
  const places = [search.querySelector("input"), ...search.querySelectorAll(".result")];
  const next = places[places.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

document.addEventListener("pointerdown", (event) => {
  if (found?.childElementCount && !search.contains(event.target)) found.replaceChildren();
});

// --- a scanned code ------------------------------------------------------------------------------------------------------------------

document.addEventListener("yb:scan", (event) => {
  const form = document.getElementById("scan");
  if (!form) return;
  form.elements.text.value = event.detail.text;
  form.requestSubmit();
});

// --- buttons -------------------------------------------------------------------------------------------------------------------------

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy], [data-print]");
  if (!button) return;
  if (button.hasAttribute("data-print")) {
    print();
    return;
  }
  if (await copy(button.dataset.copy)) toast(button.dataset.copied);
});

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain HTTP has no clipboard: the address that stands beside the button is selected as a whole, and copied the old way.
    const code = document.querySelector(".link-address code");
    if (!code) return false;
    getSelection().selectAllChildren(code);
    return document.execCommand("copy");
  }
}

// --- dialogs that arrive, and their answers ------------------------------------------------------------------------------------------

document.addEventListener("htmx:after:swap", openArrived);
function openArrived() {
  for (const dialog of document.querySelectorAll("dialog[data-open-now]")) {
    dialog.removeAttribute("data-open-now");
    dialog.showModal();
  }
}

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.request.method === "GET" || !(ctx.response?.status < 300)) return;
  ctx.sourceElement.closest?.("dialog")?.close();
  // What a toast's Undo took back is no longer to be undone.
  const undone = ctx.sourceElement.closest?.("[data-toast]");
  if (undone) setTimeout(() => undone.remove());
});

// --- what was done -------------------------------------------------------------------------------------------------------------------

const said = document.getElementById("said");
if (said) {
  document.getElementById("toasts")?.append(said.content.cloneNode(true));
  if (window.htmx) window.htmx.process(document.getElementById("toasts"));
  const address = new URL(location.href);
  address.searchParams.delete("done");
  address.searchParams.delete("of");
  history.replaceState(null, "", address);
}
document.querySelector('.form-error, [aria-invalid="true"]')?.focus();

// --- a sign of life ------------------------------------------------------------------------------------------------------------------

let awakeAt = performance.now();
function awake() {
  if (performance.now() - awakeAt < AWAKE_MS) return;
  awakeAt = performance.now();
  const token = document.querySelector('meta[name="csrf"]')?.content ?? "";
  fetch("/desk/awake", { method: "POST", headers: { "X-CSRF-Token": token }, keepalive: true }).catch(() => {});
}
for (const kind of ["pointerdown", "keydown", "wheel"]) addEventListener(kind, awake, { passive: true });
