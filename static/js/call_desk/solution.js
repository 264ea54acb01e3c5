// Plans side by side and the household's budget: one key chooses a plan, Enter goes to the next figure.
const FIGURES = "#part-budget input[inputmode=decimal], #part-budget input[type=number]";

// What choosing a plan types: its number of instalments, and the first day where nobody has said one.
export function choiceTypes(button, { plan_first_due_on, plan_day, plan_month }) {
  const typed = { plan_count: button.dataset.planChoice, plan_size: "" };
  const begins = [plan_first_due_on, plan_day, plan_month].some((control) => control?.value);
  return begins ? typed : { ...typed, plan_first_due_on: button.dataset.first };
}

// The figure that comes after this one among those that are not folded away; none after the last.
export function nextFigure(figures, current) {
  return figures.slice(figures.indexOf(current) + 1).find((figure) => figure.checkVisibility());
}

function choose(form, button) {
  for (const [name, value] of Object.entries(choiceTypes(button, form.elements))) {
    form.elements[name].value = value;
  }
  for (const kind of ["input", "change"]) form.elements.plan_count.dispatchEvent(new Event(kind, { bubbles: true }));
}

export function solutions(form) {
  for (const opener of form.querySelectorAll("[data-ticks][hidden]")) opener.hidden = false;
  form.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-plan-choice]");
    if (button) choose(form, button);
    const opener = target.closest("[data-ticks]");
    if (!opener) return;
    // A click that no hand made leads into the part that it opens.
    const box = form.querySelector(`[name=acts][value=${opener.dataset.ticks}]`);
    box.checked = false;
    box.click();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !event.target.matches(FIGURES)) return;
    event.preventDefault();
    const next = nextFigure([...form.querySelectorAll(FIGURES)], event.target);
    next?.focus();
    next?.select();
  });
}
