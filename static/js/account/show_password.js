// Buttons that show and mask what is typed: data-shows is the id of the control, data-hide what the
// button says while it is shown.
for (const button of document.querySelectorAll("[data-shows]")) {
  const control = document.getElementById(button.dataset.shows);
  const shows = button.textContent;
  button.hidden = false;
  button.addEventListener("click", () => {
    const masked = control.type === "password";
    control.type = masked ? "text" : "password";
    button.textContent = masked ? button.dataset.hide : shows;
    button.setAttribute("aria-pressed", String(masked));
    control.focus();
  });
  control.form.addEventListener("submit", () => {
    control.type = "password"; // what browsers remember of forms is not for passwords
  });
}
