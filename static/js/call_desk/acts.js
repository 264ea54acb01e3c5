// Acts open where they are chosen; of several, the last one chosen is open and the others are a line.
const TOGETHER = "[data-keys]"; // a plan and the budget beside it

export function acts(form) {
  if (!("desk" in form.dataset)) return;
  const sets = () => [...form.querySelectorAll("fieldset.act[data-show^='acts=']")];
  const kindOf = (set) => set.dataset.show.slice("acts=".length);

  function prepare(set) {
    const legend = set.querySelector("legend");
    if (legend.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "act-title";
    button.append(...legend.childNodes);
    legend.append(button);
    button.addEventListener("click", () => openAlone(set));
  }

  function openAlone(set) {
    const group = set.closest(TOGETHER);
    for (const other of sets()) {
      const open = other === set || (group && other.closest(TOGETHER) === group);
      other.classList.toggle("is-folded", !open);
      other.querySelector("legend button").setAttribute("aria-expanded", String(Boolean(open)));
    }
  }

  for (const set of sets()) prepare(set);
  const of = (kind) => sets().find((set) => kindOf(set) === kind);
  // Before the click leads on into what it opens.
  form.addEventListener(
    "click",
    ({ target }) => {
      const set = target.name === "acts" && target.checked && of(target.value);
      if (set) openAlone(set);
      const other = target.closest("[name=acts]")?.closest("details");
      if (other) other.open = true;
    },
    true,
  );
  const first = sets().find((set) => set.querySelector("[aria-invalid=true]")) ?? sets().find((set) => !set.hidden);
  if (first) openAlone(first);
}
