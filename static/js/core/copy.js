// Buttons that put something on the clipboard, where the browser lets them: a text (data-copy), or
// what an element says (data-copy-from). data-copied is what they say afterwards.
function textOf(button) {
  const { copy, copyFrom } = button.dataset;
  return copy ?? document.getElementById(copyFrom)?.textContent;
}

for (const button of document.querySelectorAll("[data-copy], [data-copy-from]")) {
  const text = textOf(button);
  if (!navigator.clipboard || !text) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    const words = button.querySelector("span");
    if (words) words.textContent = button.dataset.copied;
    else button.setAttribute("aria-label", button.dataset.copied);
    button.classList.add("copied");
  });
}
