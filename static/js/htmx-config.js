// How htmx 4 behaves here, and where its refusals are said.
// * 401, 403, 404 and 5xx are never swapped in: their sentence goes to a toast. 409, 422 and 429 are swapped (a form with its errors), unless the
//   answer is a bare sentence (text/plain, or an element with data-sentence), which goes to a toast as well.
// * The page's CSRF token (<meta name="csrf">) travels as X-CSRF-Token.
// * No answer at all: a toast says so; busy.js keeps the operation id, so trying again is safe.
import { toast } from "./toast.js";

const NEVER_SWAPPED = [204, 304, 401, 403, 404, "5xx"];
const SENTENCE_TOO = [409, 422, 429];

if (window.htmx) {
  Object.assign(window.htmx.config, {
    noSwap: NEVER_SWAPPED,
    morphIgnore: ["data-htmx-powered", "open", "style", "aria-busy"],
    includeIndicatorCSS: false,
    defaultTimeout: 15000,
  });
}

document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector('meta[name="csrf"]')?.content;
  if (token) event.detail.ctx.request.headers["X-CSRF-Token"] = token;
});

/** The sentence in an error answer, or null. Whole pages bring theirs in [data-sentence]. */
export function sentenceIn(text, type) {
  if (!type.includes("html")) return type.includes("text/plain") && text.trim().length < 400 ? text.trim() || null : null;
  const found = new DOMParser().parseFromString(text, "text/html").querySelector("[data-sentence]");
  return found?.textContent.trim() || null;
}

function standing(status) {
  const sentences = document.getElementById("sentences")?.dataset ?? {};
  return sentences[status] ?? (status >= 500 ? sentences["5xx"] : sentences["422"]) ?? String(status);
}

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const { status } = ctx.response;
  if (status < 400) return;
  const said = sentenceIn(ctx.text, ctx.response.headers.get("Content-Type") ?? "");
  if (SENTENCE_TOO.includes(status)) {
    if (!said) return;
    event.preventDefault();
  }
  toast(said ?? standing(status), { tone: "bad" });
});

document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx) toast(document.getElementById("sentences")?.dataset.lost ?? "", { tone: "bad" });
});
