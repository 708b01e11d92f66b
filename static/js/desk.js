// The desk's own small habits.
//   "/" puts the cursor into the search, Escape closes what it found; a scanner's code opens its record, wherever one is.
//   <input data-moves="f-ends f-break_at"> moves those hours along with its own.
//   [data-copy] copies, [data-print] prints, [data-fill="day=2026-11-23 begins=14:30"] fills fields of its form, <dialog data-open-now> opens when it arrives (answers.js closes it).
//   [data-from-hour="17:30"] is shown from that hour of the site's day until midnight.
import { serverNow } from "./ages.js";
import "./answers.js";
import { keepAwake } from "./awake.js";
import { toast } from "./toast.js";

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
  const button = event.target.closest?.("[data-copy], [data-print], [data-fill]");
  if (!button) return;
  if (button.hasAttribute("data-fill")) {
    fill(button);
    return;
  }
  if (button.hasAttribute("data-print")) {
    print();
    return;
  }
  if (await copy(button.dataset.copy)) toast(button.dataset.copied);
});

/** What a refusal offers is put into the fields, and the cursor on the button that sends them. */
function fill(button) {
  for (const pair of button.dataset.fill.split(" ")) {
    const [name, value] = pair.split("=");
    button.form.elements[name].value = value;
  }
  const send = button.form.querySelector('[type="submit"]');
  button.closest("[data-offer]")?.remove();
  send?.focus();
}

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

// --- a meeting that begins at another hour lasts as long ----------------------------------------------------------------------------------

const HOUR = /^([01]?\d|2[0-3])[:：]?([0-5]\d)$/;
const minutesOf = (text) => { const found = HOUR.exec(text.trim()); return found ? 60 * Number(found[1]) + Number(found[2]) : null; };
const hourOf = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
const stood = new WeakMap();
document.addEventListener("focusin", ({ target: field }) => {
  const at = field.dataset?.moves ? minutesOf(field.value) : null;
  if (at !== null) stood.set(field, at);
});
document.addEventListener("change", ({ target: field }) => {
  const now = field.dataset?.moves ? minutesOf(field.value) : null;
  // What is no hour yet moves nothing, and is moved from nowhere: the hour before it still counts.
  if (now === null) return;
  const by = now - (stood.get(field) ?? now);
  stood.set(field, now);
  for (const other of field.dataset.moves.split(" ").map((id) => document.getElementById(id))) {
    const at = minutesOf(other?.value ?? "");
    // Past midnight nobody guesses.
    if (at !== null && at + by >= 0 && at + by < 1440) other.value = hourOf(at + by);
  }
});

// --- dialogs that arrive -------------------------------------------------------------------------------------------------------------

document.addEventListener("htmx:after:swap", openArrived);
function openArrived() {
  for (const dialog of document.querySelectorAll("dialog[data-open-now]")) {
    dialog.removeAttribute("data-open-now");
    dialog.showModal();
  }
}

// --- what belongs to the evening -----------------------------------------------------------------------------------------------------

const evening = document.querySelectorAll("[data-from-hour]");
const hours = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: document.documentElement.dataset.tz || "Asia/Shanghai" });
function strike() {
  const now = hours.format(serverNow());
  for (const each of evening) each.hidden = now < each.dataset.fromHour;
}
if (evening.length) {
  strike();
  setInterval(strike, 10_000);
}

// --- what was wrong ------------------------------------------------------------------------------------------------------------------

document.querySelector('.form-error, [aria-invalid="true"]')?.focus();
keepAwake("/desk/awake");
