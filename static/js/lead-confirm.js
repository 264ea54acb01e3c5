// A link with data-confirm opens its dialog on the spot; without script it leads to a page that asks.
for (const link of document.querySelectorAll("a[data-confirm]")) {
  link.addEventListener("click", (event) => {
    const dialog = document.getElementById(link.dataset.confirm);
    if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    dialog.showModal();
  });
}

// A long import says that it is under way.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button?.dataset.busy) return;
  button.textContent = button.dataset.busy;
});
