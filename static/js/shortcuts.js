// One key does what the page says beside it; never while somebody is typing.
const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]";

// The row of digits of a French keyboard writes & é " ' ( without Shift: the place of the key counts.
function digitOf(event) {
  if (event.shiftKey || event.getModifierState("AltGraph")) return null;
  return /^Digit(\d)$/.exec(event.code)?.[1];
}

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
  const pressed = [event.key.toLowerCase(), digitOf(event)];
  for (const element of document.querySelectorAll("[data-shortcut]")) {
    if (!pressed.includes(element.dataset.shortcut.toLowerCase()) || element.disabled) continue;
    if (element.closest("[hidden]")) continue;
    event.preventDefault();
    held = event.code;
    element.focus();
    if (element.matches("textarea")) element.setSelectionRange(element.value.length, element.value.length);
    if (!element.matches(TYPING)) element.click();
    return;
  }
});
