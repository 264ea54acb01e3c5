// A filter chosen by hand submits itself; by keys, which pass over every choice, the button does. The
// page that comes has the focus where it was, or on what was found.
const MARK = "list-asked";
const CHOICE = "select, input[type=date], input[type=checkbox]";
const TOOLS = ":is(.toolbar, .list-tools)";
const FOUND = ["", "* "].flatMap((within) => [".table-region", ".empty"].map((one) => `${TOOLS} ~ ${within}${one}`));

for (const form of document.querySelectorAll("form.toolbar, form.search-told")) {
  let byHand = false;
  let chosen = "";
  form.addEventListener("pointerdown", () => {
    byHand = true;
  });
  form.addEventListener("keydown", () => {
    byHand = false;
  });
  form.addEventListener("change", ({ target }) => {
    if (!byHand || !("filters" in form.dataset) || !target.matches(CHOICE)) return;
    chosen = target.id;
    form.requestSubmit();
  });
  form.addEventListener("submit", () => sessionStorage.setItem(MARK, `${location.pathname} ${chosen}`));
}

function arrive() {
  const [path, chosen] = (sessionStorage.getItem(MARK) ?? "").split(" ");
  sessionStorage.removeItem(MARK);
  if (path !== location.pathname) return;
  const asked = document.getElementById(chosen);
  const place = asked && !asked.closest("details:not([open])") ? asked : document.querySelector(FOUND);
  if (!place) return;
  if (place !== asked) {
    if (place.matches(".empty")) place.tabIndex = -1;
    if (document.getElementById("list-count")) place.setAttribute("aria-describedby", "list-count");
  }
  // A long list that begins in sight stays where it is, its search above it.
  place.focus({ preventScroll: place.getBoundingClientRect().top < window.innerHeight });
}

arrive();
