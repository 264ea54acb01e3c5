// One key does what the page says beside it; never while somebody is typing.
import { isPressed } from "./keys.js";
import { PAUSE, PLACE, hasPlace, isOver, newRun, readKey, takeText, wayBack } from "./typed_sentence.js";

const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]";
// A letter is no part of a figure: the keys that are letters work there too.
const FIGURE = "input[inputmode=decimal], input[type=number]";
const PRESSED = "input, button, summary, a";
const NO_TEXT = "input:not([type=text]), input[inputmode=decimal]";
const NOT_READY = "[data-desk]:not([data-parts])";
const LETTER = /^\p{L}$/u;
// What cannot be taken back waits a moment: a word may follow. Where words have a place, so does what leads
// away from the page or opens above it.
// As long as letters of one word may be apart, for what reaches somebody else or leaves the page.
const DIALS = "[data-dial], [data-dial] button";
const LEAVES = "a[href], button:not([type=button])";
const OPENS_ABOVE = "[data-dialog]";
const MOMENT = 400;
// Where a letter is no beginning: a list that opens, a figure, a date.
const NO_WORDS = "select, input[inputmode=decimal], input[type=number], input[type=date], input[type=datetime-local]";
// Of a letter that is being written (a dead key, a capital), not one of the word.
const ON_THE_WAY = ["Shift", "CapsLock", "AltGraph", "Dead", "Process"];

// A key held down has chosen once: it does nothing more, nor writes into the field it led to.
let held;
let back = [];
let ledTo = null; // the field into which the last key of the run led
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

function waitOf(element) {
  if (element.matches(DIALS)) return hasPlace() ? PAUSE : MOMENT;
  if (!hasPlace()) return 0;
  if (element.matches(LEAVES)) return PAUSE;
  return element.matches(OPENS_ABOVE) ? MOMENT : 0;
}

function press(event, element) {
  event.preventDefault();
  held = event.code;
  ledTo = null;
  const wait = waitOf(element);
  if (!wait) {
    act(element);
    ledTo = document.activeElement.matches(TYPING) ? document.activeElement : null;
    return;
  }
  const { text, at } = run;
  setTimeout(() => run.text === text && run.at === at && act(element), wait);
}

// A word goes on although its letters have led into a field: it comes faster than anybody begins to fill one in,
// or with a space, with which nothing begins; of a slow hand, where the field takes no words or two letters stand
// already. After the key of the text alone, all that follows is the text.
function goesOn({ target, key, timeStamp }) {
  if (target !== ledTo || key.length !== 1 || isOver(run, timeStamp)) return false;
  if (target.matches(PLACE) && (run.text.length < 2 || !LETTER.test(run.text[0]))) return false;
  const isBlank = key === " " && !target.matches("select") && (run.text.length > 1 || !target.matches(NO_TEXT));
  if (target.matches(NO_TEXT) && !LETTER.test(key) && !isBlank) return false; // a date or an amount is begun at once
  if (isBlank && target.value === "") return true;
  const isWord = LETTER.test(run.text[0]) && (LETTER.test(key) || isBlank);
  const isSlow = isWord && target.matches(`${NO_WORDS}, ${PLACE}`);
  return isSlow || timeStamp - run.at < MOMENT;
}

// Keys of a quick hand that come before the desk's own script are pressed once it is there.
const early = [];

function keep(event) {
  event.preventDefault();
  const { key, code, shiftKey } = event;
  early.push({ key, code, shiftKey, bubbles: true, cancelable: true });
}

document.addEventListener("desk-ready", () => {
  for (const each of early.splice(0)) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", each));
});

document.addEventListener("keydown", (event) => {
  if (event.repeat) {
    if (event.code === held) event.preventDefault();
    return;
  }
  held = null;
  if (document.documentElement.classList.contains("no-one-key")) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  const within = goesOn(event);
  if (!within && event.target === ledTo && event.key.length === 1) ledTo = null; // it is being filled in
  const isFigure = event.target.matches(FIGURE);
  if (!within && event.target.closest(TYPING) && !(isFigure && LETTER.test(event.key))) return;
  if (ON_THE_WAY.includes(event.key)) return;
  if (document.querySelector(NOT_READY)) return keep(event);
  const element = within && !isFigure ? null : meantBy(event);
  // On a French keyboard the digits are letters and signs of words as well (é, è, ç, à, ').
  const isWord = event.key.length === 1 && !/[?/]/.test(event.key);
  const isFirst = isOver(run, event.timeStamp);
  if (isFirst) back = [];
  // A space presses the control that has the focus; a word may go on after it.
  const isPress = event.key === " " && !within && (isFirst || event.target.matches(PRESSED));
  if (!isWord || (isPress && isFirst)) {
    Object.assign(run, newRun());
    back = [];
    if (element) press(event, element);
    return;
  }
  const kind = readKey(run, event.key, isPress || Boolean(element), event.timeStamp);
  if (kind === "command" && isPress) {
    back.push(wayBack(event.target));
    return;
  }
  if (kind === "command") {
    back.push(wayBack(element));
    press(event, element);
    return;
  }
  event.preventDefault();
  ledTo = null;
  typed(kind);
});
