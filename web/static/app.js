// What scripts add to pages that work without them: "/" for search, focus after a swap, no double submit.
document.addEventListener('keydown', event => {
  const typing = event.target.closest?.('input, select, textarea, [contenteditable]');
  if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.querySelector('input[type=search]');
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// A form that was sent waits for its answer: the second click of a double click sends nothing.
document.addEventListener('submit', event => {
  const form = event.target;
  if (form.method !== 'post') return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = 'yes';
  form.setAttribute('aria-busy', 'true');
});

// Going back brings the page as it was left; it may be sent again.
const ready = form => {
  delete form.dataset.sent;
  form.removeAttribute('aria-busy');
};
addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach(ready));
document.addEventListener(
  'htmx:finally:request',
  event => event.target.closest?.('form[data-sent]') && ready(event.target),
);

// After a swap: the first error, else the heading that came.
document.addEventListener('htmx:after:swap', event => {
  const place = event.detail?.ctx?.target ?? event.target;
  const wanted = place.querySelector?.('[aria-invalid=true]') ?? place.querySelector?.('[data-focus]');
  wanted?.focus();
});
