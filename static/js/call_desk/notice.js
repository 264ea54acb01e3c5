// What stands in the way of saving, told on the page itself.
const notice = document.getElementById("desk-notice");
let from = null;

export function tell(kind) {
  for (const text of notice.querySelectorAll("[data-notice]")) text.hidden = text.dataset.notice !== kind;
  if (!kind && notice.contains(document.activeElement)) from?.focus();
  notice.hidden = !kind;
}

// A save that goes no further: the notice may have been read long ago, so one is taken to it, and
// back when nothing stands in the way any more.
export function stopAt(kind) {
  tell(kind);
  if (!notice.contains(document.activeElement)) from = document.activeElement;
  notice.focus();
}
