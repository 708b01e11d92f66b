// Reads aloud: <button data-speak="id-of-what" hidden>. The button shows only where the browser has a voice of the page's language on the device.
// Without an id the main part of the page is read. A second tap stops; leaving the page stops.

const language = () => (document.documentElement.lang.startsWith("en") ? "en" : "zh");

/** A voice for the page's language, one that works without the internet if there is one. */
export function voice() {
  const fitting = window.speechSynthesis?.getVoices().filter((each) => each.lang.toLowerCase().startsWith(language())) ?? [];
  return fitting.find((each) => each.localService) ?? fitting[0] ?? null;
}

function show() {
  const has = voice() !== null;
  for (const button of document.querySelectorAll("[data-speak]")) button.hidden = !has;
}

function wordsOf(place) {
  const copy = place.cloneNode(true);
  copy.querySelectorAll("[aria-hidden='true'], [hidden], .visually-hidden, input, select, textarea, dialog").forEach((each) => each.remove());
  return copy.textContent.replace(/\s+/g, " ").trim();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-speak]");
  if (!button || !window.speechSynthesis) return;
  if (speechSynthesis.speaking) {
    speechSynthesis.cancel();
    return;
  }
  const place = document.getElementById(button.dataset.speak) ?? document.querySelector("main") ?? document.body;
  const said = new SpeechSynthesisUtterance(wordsOf(place));
  said.voice = voice();
  said.lang = said.voice?.lang ?? document.documentElement.lang;
  said.rate = 0.95;
  speechSynthesis.speak(said);
});

window.speechSynthesis?.addEventListener("voiceschanged", show);
window.addEventListener("pagehide", () => window.speechSynthesis?.cancel());
document.addEventListener("htmx:after:swap", show);
show();
