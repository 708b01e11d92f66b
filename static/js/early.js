// A tap before the page's scripts are there is kept, and done when they are.
// The one script that is not deferred: forms get their token and operation id from busy.js, so a form that is sent before it is there would be refused
// as out of date, and a button whose work is done by a script would do nothing. Links and the browser's own controls are left alone.
// If the scripts do not come at all, the form is sent as it stands: the server's refusal says more than silence.
(() => {
  const PATIENCE = 8_000;
  const WORKED_BY_SCRIPT = '[type="button"], [hx-get], [hx-post], [hx-put], [hx-patch], [hx-delete]';
  let kept = null;
  let isOver = false;

  const keep = (event, redo) => {
    if (isOver) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    // The last tap counts: somebody who tapped one answer and then the other meant the other.
    kept = redo;
  };

  const release = () => {
    if (isOver) return;
    isOver = true;
    kept?.();
  };

  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (form.method === "post" || form.hasAttribute("hx-get")) keep(event, () => form.isConnected && form.requestSubmit(submitter?.isConnected ? submitter : null));
  }, true);

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(WORKED_BY_SCRIPT);
    // A form that htmx sends is kept at its submit.
    if (button && !(button instanceof HTMLFormElement)) keep(event, () => button.isConnected && button.click());
  }, true);

  // Deferred scripts and modules have run by then; htmx begins in the same event.
  document.addEventListener("DOMContentLoaded", () => setTimeout(release));
  setTimeout(release, PATIENCE);
})();
