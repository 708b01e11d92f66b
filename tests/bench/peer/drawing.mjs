// What every fragment of the peer is drawn with: the element of a region, a title, an icon.
export const EPOCH = "peer";

const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };
export const escape = (text) => String(text ?? "").replace(/[&<>"']/g, (sign) => SIGNS[sign]);
export const icon = (name) => `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="/static/icons.svg?v=1b6e43afff42#${name}"></use></svg>`;
export const title = (words, count) => `<h2 class="section-title"><span>${words}</span><span>${count}</span></h2>\n`;

/** Return the element of a region around what it shows; `words` are its class and other attributes. */
export function region(id, rev, words, inside, tag = "section") {
  return `<${tag} id="${id}" ${words} data-epoch="${EPOCH}" data-rev="${rev}" data-lang="zh" data-region>${inside}</${tag}>`;
}
