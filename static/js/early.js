// A tap before the page's scripts are there is kept, and done when they are.
// The one script that is not deferred: forms get their token and operation id from busy.js, so a form that is sent before it is there would be refused
// as out of date, and a button whose work is done by a script would do nothing. Links and the browser's own controls are left alone.
// Of two answers the last one counts; of digits and of steps up and down each one does, in their order and before the answer.
// If the scripts do not come at all, the form is sent as it stands: the server's refusal says more than silence.
(() => {
  const PATIENCE = 8_000;
  const WORKED_BY_SCRIPT = '[type="button"], [hx-get], [hx-post], [hx-put], [hx-patch], [hx-delete]';
  const COUNTED = "[data-digit], [data-erase], [data-step]";
  const counted = [];
  let answer = null;
  let isOver = false;

  const hold = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  const release = () => {
    if (isOver) return;
    isOver = true;
    for (const button of counted) if (button.isConnected) button.click();
    answer?.();
  };

  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (isOver || (form.method !== "post" && !form.hasAttribute("hx-get"))) return;
    hold(event);
    answer = () => form.isConnected && form.requestSubmit(submitter?.isConnected ? submitter : null);
  }, true);

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(WORKED_BY_SCRIPT);
    // A form that htmx sends is kept at its submit.
    if (isOver || !button || button instanceof HTMLFormElement) return;
    hold(event);
    if (button.matches(COUNTED)) counted.push(button);
    else answer = () => button.isConnected && button.click();
  }, true);

  // Deferred scripts and modules have run by then; htmx begins in the same event.
  document.addEventListener("DOMContentLoaded", () => setTimeout(release));
  setTimeout(release, PATIENCE);
})();
