// One box ticks a whole page of cases, and the page says how many are ticked.
function tickedWords(count, one, many) {
  if (count === 0) return "";
  return count === 1 ? one : many.replace("#", count);
}

for (const form of document.querySelectorAll("form")) {
  const boxes = [...form.querySelectorAll("[data-tick]")];
  if (!boxes.length) continue;
  const all = form.querySelector("[data-tick-all]");
  const told = form.querySelector("[data-tick-count]");
  if (all) all.closest("label").hidden = false;

  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    if (all) {
      all.checked = ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    if (told) told.textContent = tickedWords(ticked, told.dataset.one, told.dataset.many);
  };
  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes) box.checked = all.checked;
    count();
  });
  count();
}
