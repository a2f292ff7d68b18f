// The list of changes. Only the rows in view exist, so that any number of them scrolls smoothly;
// `aria-setsize` and `aria-posinset` tell a screen reader about the others.

const ROW = 54;
const SPARE = 6;
const list = byId('list');
const rows = byId('rows');
let drawn = new Map(); // position -> element

function row(position) {
  const index = shown[position];
  const change = changes[index];
  const tags = [];
  if (change.loses) tags.push(make('span', { class: 'tag loss' }, 'destroys'));
  if (change.opens) tags.push(make('span', { class: 'tag loss' }, 'widens access'));
  if (change.refused) tags.push(make('span', { class: 'tag stop' }, 'refused'));
  if (change.held !== undefined) tags.push(make('span', { class: 'tag held' }, 'held back'));
  const place = change.at ? placeText(change.at) : change.spec;
  const made = make('div', {
    class: `row c-${change.do}`, role: 'option', id: `row-${index}`, 'aria-setsize': shown.length,
    'aria-posinset': position + 1, 'aria-selected': String(index === chosen), onclick: () => choose(index),
  },
  make('span', { class: 'sign', 'aria-hidden': 'true' }, change.sign),
  make('span', { class: 'text' },
    make('div', { class: 'name' }, make('span', { class: 'unseen' }, `${change.do} `), change.name),
    make('div', { class: 'under' }, [change.group, shortType(change.type), place].filter(Boolean).join(' · '))),
  make('span', { class: 'aside' }, tags));
  made.style.top = `${position * ROW}px`;
  made.title = `${change.do} ${change.type} ${change.name}`;
  return made;
}

function drawList(anew) {
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - SPARE);
  const last = Math.min(shown.length - 1, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + SPARE);
  const keep = new Map();
  const wanted = new Set([shown.indexOf(chosen)]);
  for (let position = first; position <= last; position += 1) wanted.add(position);
  wanted.delete(-1);
  if (anew) drawn.clear();
  for (const position of [...wanted].sort((one, other) => one - other)) keep.set(position, drawn.get(position) ?? row(position));
  rows.style.height = `${shown.length * ROW}px`;
  if (anew || keep.size !== drawn.size || [...keep.keys()].some((position) => !drawn.has(position))) {
    rows.replaceChildren(...keep.values());
  }
  drawn = keep;
}

function intoView() {
  const top = shown.indexOf(chosen) * ROW;
  if (top < 0) return;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
}

function move(steps) {
  if (!shown.length) return;
  const position = shown.indexOf(chosen) + steps;
  choose(shown[Math.max(0, Math.min(shown.length - 1, position))]);
}

function startList() {
  const page = () => Math.max(1, Math.floor(list.clientHeight / ROW) - 1);
  const keys = {
    ArrowDown: () => move(1), ArrowUp: () => move(-1), PageDown: () => move(page()), PageUp: () => move(-page()),
    Home: () => move(-shown.length), End: () => move(shown.length), Enter: () => byId('change').focus(),
  };
  list.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
  list.addEventListener('scroll', () => requestAnimationFrame(() => drawList(false)), { passive: true });
  new ResizeObserver(() => drawList(false)).observe(list);
  listeners.push((what) => {
    if (what !== 'choice') list.scrollTop = 0;
    intoView();
    drawList(true);
    if (chosen < 0) list.removeAttribute('aria-activedescendant');
    else list.setAttribute('aria-activedescendant', `row-${chosen}`);
    list.hidden = !shown.length;
    byId('nothing').hidden = Boolean(shown.length);
    const differ = (indexes) => indexes.filter((index) => changes[index].do !== OWNED).length;
    const [some, all] = [differ(shown), differ([...changes.keys()])];
    const owned = changes.length - all;
    byId('count').textContent = `${shown.length === changes.length ? all : `${some} of ${all}`}${owned ? `, and ${owned} owned by another` : ''}`;
  });
}
