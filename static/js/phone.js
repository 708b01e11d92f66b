// What the phone's pages do beyond links and forms.
//   #do-seen                    the opened page says itself that it was seen: a link preview loads the page but runs no script
//   [data-until="ISO"] hidden   shown while its time lasts (an undo)
//   [data-copy="id"] [data-share="id"]   the text of another element to the clipboard, or to the phone's own sharing
//   [data-host] around [data-asked]      somebody else looks after the visitor: the answers are put away
//   [data-waiting]              the number of waiting visitors stands in the page's title
import { serverNow } from "./ages.js";
import { freshId } from "./busy.js";
import { toast } from "./toast.js";

function saySeen() {
  const form = document.getElementById("do-seen");
  if (!form || document.visibilityState !== "visible" || form.dataset.said) return;
  form.dataset.said = "yes";
  const body = new URLSearchParams({ csrf: document.querySelector('meta[name="csrf"]')?.content ?? "", operation: freshId() });
  fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => delete form.dataset.said);
}

function showWhileItLasts() {
  for (const element of document.querySelectorAll("[data-until]")) {
    const over = Date.parse(element.dataset.until) <= serverNow();
    if (element.hidden !== over) element.hidden = over;
  }
}

function markElsewhere() {
  const mine = document.querySelector("[data-host]")?.dataset.host;
  const shown = document.querySelector("[data-host] [data-asked]");
  if (!mine || !shown) return;
  const { asked, delegate } = shown.dataset;
  document.body.toggleAttribute("data-elsewhere", Boolean(asked) && asked !== mine && delegate !== mine);
}

const title = document.title;

function countInTitle() {
  const waiting = Number(document.querySelector("[data-waiting]")?.dataset.waiting ?? 0);
  const wanted = waiting ? `(${waiting}) ${title}` : title;
  if (document.title !== wanted) document.title = wanted;
}

function look() {
  showWhileItLasts();
  markElsewhere();
  countInTitle();
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
  } catch {
    // Plain HTTP on a local network has no clipboard: the text is selected instead, and the browser's own copy is asked.
    getSelection().selectAllChildren(source);
    if (!document.execCommand("copy")) return;
  }
  toast(button.dataset.copied);
}

document.addEventListener("click", (event) => {
  const copier = event.target.closest?.("[data-copy]");
  if (copier) copy(copier);
  const sharer = event.target.closest?.("[data-share]");
  if (sharer) navigator.share({ text: document.getElementById(sharer.dataset.share).textContent.trim() }).catch(() => {});
});

// Still here, or gone: not both.
document.addEventListener("change", (event) => {
  const tick = event.target;
  if (!tick.checked || !tick.closest?.(".farewell")) return;
  for (const other of tick.closest(".farewell").querySelectorAll("input")) if (other !== tick) other.checked = false;
});

if (navigator.share) document.querySelectorAll("[data-share]").forEach((button) => (button.hidden = false));
document.addEventListener("visibilitychange", saySeen);
document.addEventListener("yb:region", look);
setInterval(showWhileItLasts, 500);
saySeen();
look();
