// Buttons with data-copy put the text of an element on the clipboard, where the browser lets them.
for (const button of document.querySelectorAll("[data-copy]")) {
  const words = button.querySelector("span");
  const text = document.getElementById(button.dataset.copy)?.textContent;
  if (!navigator.clipboard || !text) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    words.textContent = button.dataset.copied;
  });
}
