// What was just done is read out: words that come with the page are not, those that enter a region later are.
const AFTER = 200;

const flashes = document.querySelector("[data-flashes]");
if (flashes) {
  setTimeout(() => {
    for (const notice of flashes.children) notice.removeAttribute("role");
    flashes.previousElementSibling.append(...flashes.children);
  }, AFTER);
}

// What was saved is told over the page for ten seconds; whoever points at it or is in it keeps it.
const SHOWN = 10_000;
const saved = document.querySelector("[data-saved]");
if (saved) {
  setTimeout(() => {
    saved.nextElementSibling.textContent = saved.querySelector("span").textContent.replace(/[ \n\r\t]+/g, " ").trim();
  }, AFTER);
  const leave = () => {
    if (saved.matches(":hover, :focus-within")) setTimeout(leave, 1000);
    else saved.classList.add("is-gone");
  };
  setTimeout(leave, SHOWN);
}
