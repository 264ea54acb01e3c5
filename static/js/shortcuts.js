// One key does what the page says beside it; never while somebody is typing.
const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPING)) return;
  if (document.querySelector("dialog[open]")) return;
  const wanted = event.key.toLowerCase();
  for (const element of document.querySelectorAll("[data-shortcut]")) {
    if (element.dataset.shortcut.toLowerCase() !== wanted || element.disabled) continue;
    if (element.closest("[hidden]")) continue;
    event.preventDefault();
    element.focus();
    if (!element.matches(TYPING)) element.click();
    return;
  }
});
