// Filters, the theme, the address, and the start of it all.

const search = byId('search');

function counted(values) {
  const counts = new Map();
  for (const value of values) if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
}

function chip(what, label, number) {
  const made = make('button', { type: 'button', class: what === LOUD ? 'c-delete' : `c-${what.replaceAll(' ', '-')}`, 'aria-pressed': 'false' }, `${label} ${number}`);
  made.addEventListener('click', () => {
    if (!filter.what.delete(what)) filter.what.add(what);
    made.setAttribute('aria-pressed', String(filter.what.has(what)));
    refilter();
  });
  return made;
}

function picker(id, title, values, key) {
  const place = byId(id);
  place.replaceChildren(make('option', { value: '' }, title), ...counted(values).map(([value, number]) => make('option', { value }, `${value} (${number})`)));
  place.addEventListener('change', () => { filter[key] = place.value; refilter(); });
}

function startFilters() {
  const lost = changes.filter(isLoud).length;
  const signs = new Map(changes.map((change) => [change.do, `${change.sign} `]));
  byId('actions').append(
    ...(lost ? [chip(LOUD, LOUD, lost)] : []),
    ...counted(changes.map((change) => change.group ?? change.do)).map(([what, number]) => chip(what, `${signs.get(what) ?? ''}${what}`, number)));
  picker('types', 'All types', changes.map((change) => change.type), 'type');
  picker('files', 'All spec files', changes.map((change) => change.at?.[0]), 'file');
  search.addEventListener('input', () => {
    filter.words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    refilter();
  });
  search.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'Enter') { event.preventDefault(); list.focus(); }
    if (event.key === 'Escape' && search.value) { event.preventDefault(); search.value = ''; search.dispatchEvent(new Event('input')); }
  });
  const clear = () => { clearFilters(); refilter(); search.focus(); };
  byId('clear').addEventListener('click', clear);
  listeners.push((what) => {
    if (what !== 'clear') return;
    search.value = byId('types').value = byId('files').value = '';
    for (const each of byId('actions').children) each.setAttribute('aria-pressed', 'false');
  });
  document.addEventListener('keydown', (event) => {
    const writing = event.target.closest('input, select, textarea');
    if (event.key !== '/' || writing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    search.focus();
    search.select();
  });
}

function startTheme() {
  const button = byId('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const dark = () => (document.documentElement.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const say = () => {
    button.textContent = dark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `Switch to ${dark() ? 'light' : 'dark'} colours`);
    repaintGraph();
  };
  button.hidden = false;
  button.addEventListener('click', () => { document.documentElement.dataset.theme = dark() ? 'light' : 'dark'; say(); });
  system.addEventListener('change', say);
  say();
}

// `#change-4` in the address selects that change, so a place in the report can be sent on.
function fromAddress() {
  const found = /^#change-(\d+)$/.exec(location.hash);
  if (found) choose(Number(found[1]));
}

function start() {
  if (changes.length) {
    byId('work').hidden = false;
    startList();
    startChange();
    startGraph();
    startFilters();
    startPrint();
    refilter();
    addEventListener('hashchange', fromAddress);
    for (const each of document.querySelectorAll('a[data-change]')) {
      each.addEventListener('click', (event) => {
        event.preventDefault();
        choose(Number(each.dataset.change));
        byId('work').scrollIntoView();
        byId('change').focus({ preventScroll: true });
      });
    }
    fromAddress();
  }
  startTheme();
}

start();
