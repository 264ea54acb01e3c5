// On a desk the menu is always open; on a phone it is folded behind "Menu".
const menu = document.querySelector("[data-menu]");
const wide = window.matchMedia("(min-width: 992px)");

function fold() {
  if (menu) menu.open = wide.matches;
}

fold();
wide.addEventListener("change", fold);
