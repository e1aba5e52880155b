// Adds passkeys to the forms that take one: fetches a challenge, lets the browser answer it, and sends the form with that answer.
const { browserSupportsWebAuthn, startAuthentication, startRegistration } = SimpleWebAuthnBrowser;

async function answer(form) {
  const asked = await fetch(form.dataset.passkey, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
  // Who was signed out, or must prove who they are, goes there; what else is wrong, the form's own page says.
  if (asked.redirected) return location.assign(asked.url);
  if (asked.ok) {
    const optionsJSON = await asked.json();
    const start = optionsJSON.rp ? startRegistration : startAuthentication;
    form.elements.passkey.value = JSON.stringify(await start({ optionsJSON }));
  }
  form.submit();
}

async function answerOnce(event) {
  event.preventDefault();
  event.stopPropagation();
  const form = event.target;
  if (form.ariaBusy) return;
  const said = form.querySelector('[role=alert]');
  said.textContent = '';
  form.ariaBusy = 'true';
  try {
    await answer(form);
  } catch {
    said.textContent = said.dataset.said;
  }
  form.ariaBusy = null;
}

if (browserSupportsWebAuthn()) {
  document.querySelector('#no-passkeys')?.remove();
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.hidden = false;
    form.addEventListener('submit', answerOnce);
  }
}
