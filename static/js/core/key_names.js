// What a screen reader says of a one-key shortcut, unless this browser does without them.
const off = document.documentElement.classList.contains("no-one-key");

for (const element of off ? [] : document.querySelectorAll("[data-shortcut], [data-key-in]")) {
  element.setAttribute("aria-keyshortcuts", (element.dataset.shortcut ?? element.dataset.key).toUpperCase());
}
