// What was done: an answer that is a toast closes the dialog it came from, and an Undo that was used is gone.
//   #said (a template) holds what was done on the page before: it is shown as a toast, and not again when the page is loaded anew.

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.request.method === "GET" || !(ctx.response?.status < 300)) return;
  ctx.sourceElement.closest?.("dialog")?.close();
  // What a toast's Undo took back is no longer to be undone.
  const undone = ctx.sourceElement.closest?.("[data-toast]");
  if (undone) setTimeout(() => undone.remove());
});

const said = document.getElementById("said");
if (said) {
  document.getElementById("toasts")?.append(said.content.cloneNode(true));
  if (window.htmx) window.htmx.process(document.getElementById("toasts"));
  const address = new URL(location.href);
  address.searchParams.delete("done");
  address.searchParams.delete("of");
  history.replaceState(null, "", address);
}
