// Asks the browser for a passkey and sends its answer with the form around it. A form names in
// `data-passkey` what the server asks (Web Authentication, options as JSON). Its place is kept until it
// works, so that nothing moves; without script or without passkeys it is gone, and the other ways remain.

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const named = (credentials) => credentials?.map((one) => ({ ...one, id: bytes(one.id) }));

function readable(asked) {
  const key = { ...asked.publicKey, challenge: bytes(asked.publicKey.challenge) };
  if (key.user) key.user = { ...key.user, id: bytes(key.user.id) };
  if (key.excludeCredentials) key.excludeCredentials = named(key.excludeCredentials);
  if (key.allowCredentials) key.allowCredentials = named(key.allowCredentials);
  return { publicKey: key };
}

function sendable(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    const value = credential.response[name];
    if (value) response[name] = text(value);
  }
  const { id, type } = credential;
  return JSON.stringify({ id, rawId: text(credential.rawId), type, response, extensions: {} });
}

// The one request that may be waiting for autofill; a click takes its place.
let waiting = new AbortController();

async function ask(form, mediation) {
  const options = readable(JSON.parse(form.dataset.passkey));
  waiting.abort();
  waiting = new AbortController();
  options.signal = waiting.signal;
  if (mediation) options.mediation = mediation;
  const isNew = "user" in options.publicKey;
  const credential = await (isNew ? navigator.credentials.create(options) : navigator.credentials.get(options));
  form.elements.answer.value = sendable(credential);
  form.submit();
}

// Passkeys belong to one host name. Whoever came by another name of the organisation goes on under
// that one: here, the browser refuses every passkey.
function moved(form) {
  const { rpId, rp } = JSON.parse(form.dataset.passkey).publicKey;
  const host = rpId ?? rp.id;
  if (location.hostname === host || location.hostname.endsWith(`.${host}`)) return false;
  const there = new URL(location.href);
  there.hostname = host;
  location.replace(there);
  return true;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) {
    form.hidden = true;
    continue;
  }
  if (moved(form)) break;
  form.dataset.ready = "";
  const problem = form.querySelector("[role=alert]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      await ask(form);
    } catch {
      problem.hidden = false;
    }
  });
  if ("conditional" in form.dataset && (await PublicKeyCredential.isConditionalMediationAvailable?.())) {
    // It ends without result when a button is used instead, or the page is left.
    ask(form, "conditional").catch(() => {});
  }
}
