// One key does what the page says beside it; never while somebody is typing.
import { isPressed } from "./keys.js";

const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]";
// A letter is no part of a figure: keys of the part in which the hand is (data-keys) work there too.
const FIGURE = "input[inputmode=decimal], input[type=number]";

// A key held down has chosen once: it does nothing more, nor writes into the field it led to.
let held;

// The keys of the part come first, then those of the whole page.
function* keysAt(target) {
  const part = target.closest("[data-keys]")?.dataset.keys;
  if (part) {
    for (const element of document.querySelectorAll(`[data-key-in="${part}"]`)) yield [element, element.dataset.key];
  }
  if (target.closest(TYPING)) return;
  for (const element of document.querySelectorAll("[data-shortcut]")) yield [element, element.dataset.shortcut];
}

document.addEventListener("keydown", (event) => {
  if (event.repeat) {
    if (event.code === held) event.preventDefault();
    return;
  }
  held = null;
  if (document.documentElement.classList.contains("no-one-key")) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest(TYPING) && !event.target.matches(FIGURE)) return;
  if (document.querySelector("dialog[open]")) return;
  for (const [element, key] of keysAt(event.target)) {
    if (!isPressed(key, event)) continue;
    if (element.disabled || element.closest("[hidden]")) continue;
    event.preventDefault();
    held = event.code;
    const folded = element.closest("details:not([open])");
    if (folded && !element.closest("summary")) folded.open = true; // such as the menu of a phone
    element.focus();
    if (element.matches("textarea")) element.setSelectionRange(element.value.length, element.value.length);
    if (!element.matches(TYPING)) element.click();
    return;
  }
});
