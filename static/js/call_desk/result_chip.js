// The result, once chosen, is one line: what it is, the number of the call, and the way back.
export function resultChip(form) {
  const list = form.querySelector("[data-result-list]");
  const chip = form.querySelector("[data-chosen]");
  if (!("desk" in form.dataset) || !list) return;
  const chosen = () => list.querySelector("input:checked");
  let walking = false; // with the arrows, through results of which none is meant yet

  function tell() {
    const label = chosen()?.closest("label").querySelector("span").textContent.trim() ?? "";
    chip.querySelector("[data-chosen-result]").textContent = label;
    const number = document.querySelector("[name=phone_id]:checked")?.dataset.number ?? "";
    chip.querySelector("[data-chosen-number]").textContent = number;
  }

  function fold() {
    tell();
    if (!chosen()) return show(false);
    const within = list.contains(document.activeElement);
    show(true);
    if (within) chip.focus();
    document.activeElement.scrollIntoView({ block: "nearest" });
  }

  function show(folded) {
    list.inert = folded;
    chip.hidden = !folded;
  }

  function unfold() {
    show(false);
    (chosen() ?? list.querySelector("input")).focus();
  }

  list.addEventListener("keydown", ({ key }) => {
    walking = key.startsWith("Arrow");
  });
  list.addEventListener("pointerdown", () => {
    walking = false;
  });
  list.addEventListener("change", () => {
    if (!walking) fold();
  });
  list.addEventListener("focusout", ({ relatedTarget }) => {
    if (walking && !list.contains(relatedTarget)) fold();
    walking &&= list.contains(relatedTarget);
  });
  chip.querySelector("[data-choose-again]").addEventListener("click", unfold);
  document.addEventListener("change", ({ target }) => {
    if (["phone_id", "result"].includes(target.name)) tell();
  });
  fold();
}
