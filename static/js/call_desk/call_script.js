// The guide shows one step of the call at a time, and the page the part of the form that it is about.
const IDENTITY = 1;
const LISTEN = 2;
const AGREE = 4;

const REACHED = "[name=result][value^=reached]:checked";

export function callScript(form) {
  const frame = form.querySelector("[data-guide]");
  if (!frame) return;
  const steps = [...frame.querySelectorAll("[data-step]")];
  const next = frame.querySelector("[data-guide-next]");
  const stageOf = (index) => steps[index].dataset.step;

  // Where nobody was reached there is no conversation to go through: all that is asked stands there.
  function showPart() {
    if (form.querySelector(REACHED)) form.dataset.stage = stageOf(Number(frame.dataset.at));
    else delete form.dataset.stage;
  }

  // The words of the open step are read out with its title.
  function show(index) {
    steps.forEach((step, at) => {
      const head = step.querySelector("button");
      head.setAttribute("aria-expanded", String(at === index));
      head.setAttribute("aria-describedby", at === index ? head.getAttribute("aria-controls") : "");
      step.querySelector(".guide-text").hidden = at !== index;
    });
    frame.dataset.at = String(index);
    next.hidden = index === steps.length - 1;
    showPart();
  }

  // What is chosen by its key, or led to by a link, comes into sight with the step that it is part of.
  function reveal(element) {
    const part = element?.closest("[data-stage-part]")?.dataset.stagePart;
    if (!part || !form.dataset.stage || part === form.dataset.stage) return false;
    show(steps.findLastIndex((step) => step.dataset.step === part));
    return true;
  }

  steps.forEach((step, index) => step.querySelector("button").addEventListener("click", () => show(index)));
  next.addEventListener("click", () => {
    const index = Number(frame.dataset.at) + 1;
    show(index);
    steps[index].querySelector("button").focus();
  });
  form.addEventListener("change", (event) => {
    const at = Number(frame.dataset.at);
    const { name, value, checked } = event.target;
    if (name === "result" && value.startsWith("reached") && at < IDENTITY) show(IDENTITY);
    else if (name === "identity_checked" && checked && at < LISTEN) show(LISTEN);
    else if (name === "acts" && checked && at < AGREE) show(AGREE);
    else if (name === "result") show(value.startsWith("reached") ? at : 0);
  });
  // Before the click does its work, so that it finds in sight what it leads to.
  form.addEventListener(
    "click",
    ({ target }) => {
      if (reveal(target)) target.focus();
      const place = target.closest("a[href^='#']")?.hash;
      if (place) reveal(document.querySelector(place));
    },
    true,
  );
  form.addEventListener("reveal", ({ target }) => reveal(target));
  show(0);
  // After a refusal: the first of what is to be corrected, in sight and with the focus.
  const wrong = form.querySelector("[aria-invalid=true]");
  if (!wrong) return;
  if (form.querySelector(REACHED)) show(IDENTITY);
  reveal(wrong);
  setTimeout(() => wrong.focus());
}
