// The drop zone is the file control's own label: dropping works by the control, this only shows it.
const zone = document.querySelector("[data-drop]");
const control = zone?.querySelector("input[type=file]");
const chosen = zone?.querySelector("[data-chosen]");

function show() {
  const file = control.files[0];
  chosen.textContent = file ? file.name : "";
}

if (zone) {
  control.addEventListener("change", show);
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    control.files = event.dataTransfer.files;
    show();
  });
  show();
}
