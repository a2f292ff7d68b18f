// The data of the page, what is shown of it, and what is selected. Nothing here touches the page
// but `make`, through which every text reaches it: as text, never as markup.

const data = JSON.parse(document.getElementById('data').textContent);
const changes = data.changes;
const byId = (id) => document.getElementById(id);
const filter = { words: [], what: new Set(), type: '', file: '' };
const LOUD = 'lost, opened or refused';
const OWNED = 'owned'; // moved by right: shown, and no difference

let shown = changes.map((_, index) => index); // the changes that match, in order
let chosen = -1; // the selected change, -1 for none
const listeners = [];

const users = changes.map(() => []); // by change: those that need it
changes.forEach((change, index) => (change.needs ?? []).forEach((need) => users[need].push(index)));

function make(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.flat().filter((child) => child !== undefined && child !== ''));
  return made;
}

const isLoud = (change) => Boolean(change.loses || change.opens || change.refused);
const placeText = (at) => `${at[0]}:${at[1]}`;
const shortType = (type) => type.replace(/^AWS::/, '').replace('::', ' ');

// All of a change's words in lower case, made when the first search needs them.
function haystack(change) {
  change.words ??= [
    change.do, change.group, change.id, change.spec, change.at ? placeText(change.at) : '', change.why, change.refused,
    change.by, change.cause, ...(change.loses ?? []), ...(change.opens ?? []), ...(change.calls ?? []),
    ...change.rows.flatMap((row) => [row.path, row.from, row.to, row.by, row.cause]),
  ].filter(Boolean).join('\n').toLowerCase();
  return change.words;
}

function matches(change) {
  if (filter.type && change.type !== filter.type) return false;
  if (filter.file && (change.at?.[0] ?? '') !== filter.file) return false;
  if (filter.what.size && !filter.what.has(change.group ?? change.do) && !(filter.what.has(LOUD) && isLoud(change))) return false;
  return filter.words.every((word) => haystack(change).includes(word));
}

function refilter() {
  shown = [];
  changes.forEach((change, index) => { if (matches(change)) shown.push(index); });
  if (!shown.includes(chosen)) chosen = shown.length ? shown[0] : -1;
  listeners.forEach((tell) => tell('filter'));
}

function choose(index) {
  if (index === chosen || !changes[index]) return;
  if (!shown.includes(index)) clearFilters();
  chosen = index;
  listeners.forEach((tell) => tell('choice'));
}

function clearFilters() {
  filter.words = [];
  filter.what.clear();
  filter.type = filter.file = '';
  shown = changes.map((_, index) => index);
  listeners.forEach((tell) => tell('clear'));
}
