// On a desk the menu and the filters of a list are always open; on a narrow screen they are folded.
const FOLDS = { "[data-menu]": "(min-width: 992px)", "[data-fold]": "(min-width: 768px)" };

for (const [name, width] of Object.entries(FOLDS)) {
  const wide = window.matchMedia(width);
  const fold = () => {
    for (const part of document.querySelectorAll(name)) part.open = wide.matches;
  };
  fold();
  wide.addEventListener("change", fold);
}
