// A link to a field that is folded away (data-opens) unfolds it and leads into it.
export function openForms() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-opens]");
    if (!link) return;
    event.preventDefault();
    document.getElementById(link.dataset.opens).open = true;
    document.querySelector(link.hash).focus();
  });
}
