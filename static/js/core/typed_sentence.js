// A sentence typed while no field has the focus chooses nothing: it goes into the page's text, where there is one.
export const PAUSE = 900; // ms between two keys of one word, of somebody who looks for the letters
const A_WORD = 3; // as long as what is surely no slip

export const newRun = () => ({ text: "", at: 0, typing: false });

export const isOver = (run, now) => run.text === "" || now - run.at > PAUSE;

// What a key is that was pressed right after those of the run: a "command" of its own; a "slip", which does
// nothing; or, with what came before it, part of a "sentence". `isLive`: the key stands for something now.
export function readKey(run, key, isLive, now) {
  if (isOver(run, now)) Object.assign(run, newRun());
  run.at = now;
  run.text += key;
  // One key pressed again and again is no word.
  if (run.text.length > 2 && new Set(run.text).size === 1) return isLive ? "command" : "slip";
  run.typing ||= !isLive;
  if (!run.typing) return "command";
  return run.text.length >= A_WORD ? "sentence" : "slip";
}

// How to take back what pressing this element is about to choose.
export function wayBack(element) {
  if (element.matches("[data-phrase]")) return () => element.click();
  if (element.type === "checkbox") {
    const { checked } = element;
    return () => element.checked !== checked && element.click();
  }
  if (element.type !== "radio") return () => {};
  const chosen = [...element.form.elements[element.name]].find((each) => each.checked);
  return () => {
    if (chosen) chosen.click();
    element.checked = Boolean(chosen === element);
    element.dispatchEvent(new Event("change", { bubbles: true }));
  };
}

export const PLACE = "[data-takes-text]";

// Whether the page has a text into which a sentence goes.
export const hasPlace = () => Boolean(document.querySelector(PLACE));

// The words so far, in the text that is there for them; what follows is typed there by itself.
export function takeText(words) {
  const place = document.querySelector(PLACE);
  if (!place) return;
  place.focus();
  place.value = `${place.value}${place.value && !place.value.endsWith(" ") ? " " : ""}${words}`;
  place.setSelectionRange(place.value.length, place.value.length);
  place.dispatchEvent(new Event("input", { bubbles: true }));
}
