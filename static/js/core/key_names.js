// What a screen reader says of a one-key shortcut, unless this browser does without them.
const off = document.documentElement.classList.contains("no-one-key");

for (const element of off ? [] : document.querySelectorAll("[data-shortcut], [data-key-in]")) {
  const key = element.dataset.shortcut ?? element.dataset.key;
  element.setAttribute("aria-keyshortcuts", /^[A-Z]$/.test(key) ? `Shift+${key}` : key.toUpperCase());
}
