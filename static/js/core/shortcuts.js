// One key does what the page says beside it; never while somebody is typing.
import { isPressed } from "./keys.js";

const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]";

// A key held down has chosen once: it does nothing more, nor writes into the field it led to.
let held;

document.addEventListener("keydown", (event) => {
  if (event.repeat) {
    if (event.code === held) event.preventDefault();
    return;
  }
  held = null;
  if (document.documentElement.classList.contains("no-one-key")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPING)) return;
  if (document.querySelector("dialog[open]")) return;
  for (const element of document.querySelectorAll("[data-shortcut]")) {
    if (!isPressed(element.dataset.shortcut, event)) continue;
    if (element.disabled || element.closest("[hidden]")) continue;
    event.preventDefault();
    held = event.code;
    element.focus();
    if (element.matches("textarea")) element.setSelectionRange(element.value.length, element.value.length);
    if (!element.matches(TYPING)) element.click();
    return;
  }
});
