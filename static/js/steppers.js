// Numbers with − and +: <div data-stepper><button data-step="-1"><input type=number><button data-step="1"></div>.
// Keeps within min and max, tells the page with real `input` and `change` events, and greys the key that leads nowhere.

function numberOf(input) {
  const value = Number.parseInt(input.value, 10);
  return Number.isNaN(value) ? Number(input.min || 0) : value;
}

function within(input, value) {
  const low = input.min === "" ? -Infinity : Number(input.min);
  const high = input.max === "" ? Infinity : Number(input.max);
  return Math.min(high, Math.max(low, value));
}

function grey(stepper) {
  const input = stepper.querySelector("input");
  for (const key of stepper.querySelectorAll("[data-step]")) {
    const next = numberOf(input) + Number(key.dataset.step);
    key.disabled = within(input, next) !== next;
  }
}

document.addEventListener("click", (event) => {
  const key = event.target.closest?.("[data-step]");
  const stepper = key?.closest("[data-stepper]");
  if (!stepper) return;
  const input = stepper.querySelector("input");
  input.value = String(within(input, numberOf(input) + Number(key.dataset.step)));
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("change", (event) => {
  const stepper = event.target.closest?.("[data-stepper]");
  if (!stepper) return;
  const input = stepper.querySelector("input");
  input.value = String(within(input, numberOf(input)));
  grey(stepper);
});

document.querySelectorAll("[data-stepper]").forEach(grey);
document.addEventListener("htmx:after:swap", () => document.querySelectorAll("[data-stepper]").forEach(grey));
