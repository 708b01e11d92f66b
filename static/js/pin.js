// The lock screen of a floor tablet: six digits by taps or by keys, shown as dots, sent by themselves with the sixth.
//   <input data-pin>  [data-pin-dots] > i  [data-digit]  [data-erase]   and <time data-pin-until> while nobody may try.
// The form is drawn anew when a PIN was wrong, so everything is looked up at each touch.

const LENGTH = 6;
const field = () => document.querySelector("input[data-pin]");

function draw() {
  const typed = field()?.value.length ?? 0;
  document.querySelectorAll("[data-pin-dots] > i").forEach((dot, place) => dot.classList.toggle("is-typed", place < typed));
}

/** Full-width digits, as Chinese input methods write them, are the same digits. */
const digitsOf = (text) => text.normalize("NFKC").replace(/\D/g, "").slice(0, LENGTH);

function write(value) {
  const input = field();
  if (!input || input.disabled || input.form.matches('[aria-busy="true"]')) return;
  input.value = digitsOf(value);
  input.removeAttribute("aria-invalid");
  document.querySelector("[data-pin-dots]")?.classList.remove("pin-wrong");
  draw();
  if (input.value.length === LENGTH) input.form.requestSubmit();
}

document.addEventListener("click", (event) => {
  const key = event.target.closest?.("[data-digit], [data-erase]");
  if (!key || !field()) return;
  write(key.hasAttribute("data-erase") ? field().value.slice(0, -1) : field().value + key.dataset.digit);
});

document.addEventListener("input", (event) => {
  if (event.target === field()) write(event.target.value);
});

// A keyboard works wherever the focus is.
document.addEventListener("keydown", (event) => {
  const input = field();
  if (!input || event.target === input || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^\d$/.test(event.key)) write(input.value + event.key);
  else if (event.key === "Backspace") write(input.value.slice(0, -1));
});

function begin() {
  draw();
  field()?.focus({ preventScroll: true });
}

document.addEventListener("htmx:after:swap", () => {
  // The form is morphed, which leaves in a field what was typed: a wrong PIN is typed anew from the first digit.
  if (field()) field().value = "";
  begin();
});
// Whoever had to wait may try again: the page as of now says so.
setInterval(() => {
  const until = document.querySelector("[data-pin-until]");
  if (until?.hasAttribute("data-over")) location.replace(`/tablet?who=${document.querySelector('[name="staff_id"]')?.value ?? ""}`);
}, 500);
document.addEventListener("yb:refused", () => location.reload());
begin();
