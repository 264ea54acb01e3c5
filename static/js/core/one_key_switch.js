// The switch of one-key shortcuts: kept in this browser, read by keys.js on every page.
const choice = document.querySelector("[data-one-key]");
const page = document.documentElement.classList;

choice.checked = !page.contains("no-one-key");
choice.addEventListener("change", () => {
  page.toggle("no-one-key", !choice.checked);
  if (choice.checked) localStorage.removeItem("one-key");
  else localStorage.setItem("one-key", "off");
});
choice.closest("[hidden]").hidden = false;
