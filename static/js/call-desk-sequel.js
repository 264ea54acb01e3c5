// What follows is asked anew after each answer (htmx, on #sequel). An answer that says the same is not
// drawn again: it would be read out again, and take the focus from the moment one is about to choose.
export function sequel(form) {
  form.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    if (detail.target.textContent === detail.fragment.textContent) detail.shouldSwap = false;
  });
}
