// The browser's own dialogue for a passkey, by Flask-Security's script: data-passkey names the step
// ("make" or "use"), data-options is what the server asks of the browser. The answer is sent with the
// form; when there is none, data-passkey-failed is shown and the button tries again.
import "./passkeys.js";

const form = document.querySelector("form[data-passkey]");
const failed = document.querySelector("[data-passkey-failed]");

async function ask() {
  failed.hidden = true;
  const step = form.dataset.passkey === "make" ? window.handleRegister : window.handleSignin;
  const { credential, error_msg: problem } = await step(form.dataset.options);
  if (problem || !credential) {
    failed.hidden = false;
    return;
  }
  form.elements.credential.value = credential;
  form.submit();
}

form.querySelector("button").addEventListener("click", (event) => {
  event.preventDefault();
  ask();
});
ask();
