// Passkeys: a browser makes and uses them on a site with a name, over TLS or on this very machine.
// data-passkeys-here is what is shown where it can.
const named = !/^[\d.]+$|:/.test(location.hostname.replace(/[[\]]/g, (sign) => (sign === "[" ? ":" : "")));
export const possible = window.isSecureContext && "PublicKeyCredential" in window && named;

for (const part of document.querySelectorAll("[data-passkeys-here]")) part.hidden = !possible;
