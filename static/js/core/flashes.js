// What was just done is read out: words that come with the page are not, those that enter a region later are.
const AFTER = 200;

const flashes = document.querySelector("[data-flashes]");
if (flashes) {
  setTimeout(() => {
    for (const notice of flashes.children) notice.removeAttribute("role");
    flashes.previousElementSibling.append(...flashes.children);
  }, AFTER);
}
