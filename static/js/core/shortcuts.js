// One key does what the page says beside it; never while somebody is typing.
import { isPressed } from "./keys.js";
import { isOver, newRun, readKey, takeText, wayBack } from "./typed_sentence.js";

const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]";
// A letter is no part of a figure: the keys that are letters work there too.
const FIGURE = "input[inputmode=decimal], input[type=number]";
// What cannot be taken back waits a moment: a word may follow.
const PRESSED = "input, button, summary, a";
const LETTER = /^\p{L}$/u;
const FOR_GOOD = "[data-dial]";
const MOMENT = 300;

// A key held down has chosen once: it does nothing more, nor writes into the field it led to.
let held;
let back = [];
const run = newRun();

// The keys of the part come first, then those of the whole page.
function* keysAt(target) {
  const part = target.closest("[data-keys]")?.dataset.keys;
  if (part) {
    for (const element of document.querySelectorAll(`[data-key-in="${part}"]`)) yield [element, element.dataset.key];
  }
  if (target.closest(TYPING) && !target.matches(FIGURE)) return;
  for (const element of document.querySelectorAll("[data-shortcut]")) yield [element, element.dataset.shortcut];
}

// In a list that is folded away (inert) digits choose on; a letter would be one of a word.
function isResting(element, key) {
  return Boolean(element.closest("[inert]")) && !/^\d$/.test(key);
}

function meantBy(event) {
  for (const [element, key] of keysAt(event.target)) {
    if (!isPressed(key, event) || element.disabled) continue;
    if (!element.closest("[hidden]") && !isResting(element, key)) return element;
  }
  return null;
}

function act(element) {
  const folded = element.closest("details:not([open])");
  if (folded && !element.closest("summary")) folded.open = true; // such as the menu of a phone
  element.focus();
  if (element.matches("textarea")) element.setSelectionRange(element.value.length, element.value.length);
  if (!element.matches(TYPING)) element.click();
}

// What the keys of a word have chosen is taken back, and the word goes where words go.
function typed(kind) {
  for (const undo of back.reverse()) undo();
  back = [];
  if (kind === "sentence") takeText(run.text);
}

function press(event, element) {
  event.preventDefault();
  held = event.code;
  if (!element.matches(FOR_GOOD)) return act(element);
  const { text } = run;
  setTimeout(() => run.text === text && act(element), MOMENT);
}

document.addEventListener("keydown", (event) => {
  if (event.repeat) {
    if (event.code === held) event.preventDefault();
    return;
  }
  held = null;
  if (document.documentElement.classList.contains("no-one-key")) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isFigure = event.target.matches(FIGURE);
  if (event.target.closest(TYPING) && !(isFigure && LETTER.test(event.key))) return;
  if (document.querySelector("dialog[open]")) return;
  const element = meantBy(event);
  const isWord = event.key.length === 1 && !/[\d?/]/.test(event.key) && !/^Digit/.test(event.code);
  const isFirst = isOver(run, event.timeStamp);
  if (isFirst) back = [];
  // A space presses the control that has the focus.
  const isPress = event.key === " " && (isFirst || event.target.matches(PRESSED));
  if (!isWord || isPress) {
    if (event.key === "Shift") return;
    Object.assign(run, newRun());
    back = [];
    if (element) press(event, element);
    return;
  }
  const kind = readKey(run, event.key, Boolean(element), event.timeStamp);
  if (kind === "command") {
    back.push(wayBack(element));
    press(event, element);
    return;
  }
  event.preventDefault();
  typed(kind);
});
