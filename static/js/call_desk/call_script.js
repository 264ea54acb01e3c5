// The guide shows one step of the call at a time; it follows what is ticked.
const IDENTITY = 1;
const LISTEN = 2;
const AGREE = 4;

export function callScript(form) {
  const frame = document.querySelector("[data-guide]");
  if (!frame) return;
  const steps = [...frame.querySelectorAll("[data-step]")];
  const next = frame.querySelector("[data-guide-next]");

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
    if (name === "identity_checked" && checked && at < LISTEN) show(LISTEN);
    if (name === "acts" && checked && at < AGREE) show(AGREE);
  });
  show(0);
}
