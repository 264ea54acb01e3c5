// "?" tells the keys of the page: those that do something now, then those that come later.
const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
const dialog = document.getElementById("key-help");

// What a key does, as the page says it beside the key.
export function nameOf(element) {
  const source = element.closest("label") ?? element.labels?.[0] ?? element;
  const copy = source.cloneNode(true);
  for (const part of copy.querySelectorAll("kbd, svg, textarea, select")) part.remove();
  const said = element.getAttribute("aria-label") ?? copy.textContent;
  return said.replace(/[ \n\r\t]+/g, " ").trim() || element.getAttribute("placeholder") || "";
}

const shown = (key) => (/^[A-Z]$/.test(key) ? `⇧${key}` : key.toUpperCase().replace("BACKSPACE", "⌫"));

function lines(elements) {
  const seen = new Set();
  return elements.flatMap((element) => {
    const key = shown(element.dataset.shortcut ?? element.dataset.key);
    const name = nameOf(element);
    if (!name || seen.has(`${key}${name}`)) return [];
    seen.add(`${key}${name}`);
    const line = document.createElement("li");
    const mark = document.createElement("kbd");
    mark.textContent = key;
    line.append(mark, ` ${name}`);
    return [line];
  });
}

function fill() {
  const all = [...document.querySelectorAll("[data-shortcut], [data-key-in]")];
  const rests = (element) => Boolean(element.closest("[hidden], [inert]"));
  for (const [list, chosen] of [
    [dialog.querySelector("[data-keys-now]"), all.filter((each) => !rests(each))],
    [dialog.querySelector("[data-keys-later]"), all.filter(rests)],
  ]) {
    list.replaceChildren(...lines(chosen));
    list.previousElementSibling.hidden = !list.children.length;
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || !dialog || event.target.closest(TYPING)) return;
  if (event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  fill();
  dialog.showModal();
});
