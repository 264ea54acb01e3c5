// Where there is little room, the groups of a list after the first are folded; one in which something is wrong is not.
if (matchMedia("(max-width: 767.98px)").matches) {
  for (const group of [...document.querySelectorAll("details[data-group]")].slice(1)) {
    group.open = Boolean(group.querySelector("[data-focus]"));
  }
}
