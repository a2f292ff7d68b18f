// One change in full. `level` is the rank of its heading: the page and the paper use both.

const CONTEXT = 4; // lines of the spec above and below the one that counts
const GONE = { tag: 'del', look: 'gone' };
const COMES = { tag: 'ins', look: 'new' };
// An apply goes from the left to the right: what is there, then what it makes of it.
const [OLD, NEW] = [GONE, COMES];

function link(index, tail) {
  const change = changes[index];
  return [make('button', { type: 'button', class: 'link', onclick: () => { choose(index); byId('change').focus(); } },
    `${change.sign} ${shortType(change.type)} ${change.name}`), tail ?? ''];
}

// Two texts, each with the part that differs marked.
function marked(before, after) {
  const shortest = Math.min(before.length, after.length);
  let head = 0;
  while (head < shortest && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const inWord = (text, place) => /\w/.test(text[place - 1] ?? '') && /\w/.test(text[place] ?? '');
  while (head > 0 && (inWord(before, head) || inWord(after, head))) head -= 1; // whole words only
  while (tail > 0 && (inWord(before, before.length - tail) || inWord(after, after.length - tail))) tail -= 1;
  if (head + tail < shortest / 4) head = tail = 0; // hardly anything in common
  const part = (tag, text) => [text.slice(0, head), make(tag, {}, text.slice(head, text.length - tail)), text.slice(text.length - tail)];
  return [part(OLD.tag, before), part(NEW.tag, after)];
}

// A path that breaks at its dots and brackets.
function breakable(path) {
  return path.split(/(?<=[.\]/])|(?=\[)/).flatMap((part, order) => (order ? [make('wbr'), part] : [part]));
}

function valueCells(row) {
  const none = () => make('td', { class: 'value void' }, make('span', { class: 'unseen' }, 'nothing'));
  if (row.sign === '+') return [none(), make('td', { class: `value ${NEW.look}` }, make(NEW.tag, {}, row.to ?? ''))];
  if (row.sign === '-') return [make('td', { class: `value ${OLD.look}` }, make(OLD.tag, {}, row.from ?? '')), none()];
  if (row.sign === '=') return [make('td', { class: 'value' }, row.from), make('td', { class: 'value' }, `${row.to}\n(${row.order})`)];
  const [before, after] = marked(row.from ?? '', row.to ?? '');
  return [make('td', { class: `value ${OLD.look}` }, before), make('td', { class: `value ${NEW.look}` }, after)];
}

function whereCell(row, change) {
  const at = row.at ?? (data.drift ? undefined : change.at);
  return make('td', { class: 'where' },
    at ? make('span', { class: 'place' }, breakable(placeText(at))) : '',
    row.by ? make('span', { class: 'by' }, `by ${row.by}`) : '',
    row.cause ? make('span', { class: 'cause' }, row.cause) : '',
    row.note ? make('span', { class: 'note' }, row.note) : '');
}

function properties(change) {
  const made = change.rows.length && change.rows.every((row) => row.sign === '+' && !row.at && !row.cause) && change.do === 'create';
  const titles = data.drift ? ['Live', 'Declared'] : ['Before', 'After'];
  const heads = made ? ['Property', 'Value'] : ['Property', ...titles, 'Where and why'];
  const body = change.rows.map((row) => make('tr', {},
    make('th', { scope: 'row' }, breakable(row.path ?? '(whole)')),
    made ? make('td', { class: 'value' }, row.to ?? '') : [...valueCells(row), whereCell(row, change)]));
  const columns = make('colgroup', {}, make('col', { class: 'w-path' }), make('col'), made ? '' : [make('col'), make('col', { class: 'w-where' })]);
  return make('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Properties, side by side' }, make('table', {},
    make('caption', { class: 'unseen' }, `Properties of ${change.name}`),
    columns,
    make('thead', {}, make('tr', {}, heads.map((text) => make('th', { scope: 'col' }, text)))),
    make('tbody', {}, body)));
}

// A line of YAML, its key and its remark in colour.
function yaml(text) {
  const found = /^(\s*(?:- )*)([\w.\/$-]+:)(?=\s|$)(.*)$/.exec(text);
  const rest = found ? found[3] : text;
  const cut = rest.search(/(^|\s)#/);
  const tail = cut < 0 ? [rest] : [rest.slice(0, cut), make('span', { class: 'remark' }, rest.slice(cut))];
  return found ? [found[1], make('span', { class: 'key' }, found[2]), ...tail] : tail;
}

function excerpt(file, lines) {
  const known = new Map();
  for (const [first, texts] of data.sources[file] ?? []) texts.forEach((text, offset) => known.set(first + offset, text));
  const wanted = [...known.keys()].filter((line) => lines.some((each) => Math.abs(each - line) <= CONTEXT));
  let last = 0;
  const items = wanted.flatMap((line) => {
    const gap = last && line > last + 1 ? [make('li', { class: 'gap', 'data-line': '⋯' })] : [];
    last = line;
    const here = lines.includes(line);
    return [...gap, make('li', { class: here ? 'here' : '', 'data-line': line, 'aria-current': here && 'location' }, make('code', {}, yaml(known.get(line))))];
  });
  if (!items.length) return '';
  return make('div', { class: 'spec' }, make('div', { class: 'file mono' }, file),
    make('div', { class: 'code', tabindex: '0', role: 'group', 'aria-label': `Lines of ${file}` }, make('ol', {}, items)));
}

function excerpts(change) {
  const places = new Map();
  for (const at of [...change.rows.map((row) => row.at), change.at]) {
    if (at) places.set(at[0], (places.get(at[0]) ?? new Set()).add(at[1]));
  }
  return [...places].map(([file, lines]) => excerpt(file, [...lines])).filter(Boolean);
}

function alarm(change) {
  if (!isLoud(change)) return '';
  return make('div', { class: 'alarm' },
    [...(change.loses ?? []), ...(change.opens ?? [])].map((each) => make('p', { class: 'deed' }, each)),
    change.refused ? make('p', {}, make('b', {}, 'Refused: '), change.refused) : '',
    (change.permits ?? []).map((each) => make('p', {}, each)),
    change.todo ? make('p', {}, change.todo) : '',
    change.snippet ? make('pre', {}, change.snippet) : '');
}

function neighbours(change, index, heading) {
  const block = (title, items) => (items.length ? make('div', {}, make(heading, {}, title), make('ul', {}, items)) : '');
  const needs = (change.needs ?? []).map((each) => make('li', {}, link(each)));
  const after = (change.after ?? []).map((type) => make('li', {}, `every change of type ${type}`));
  const found = [block('Waits for', [...needs, ...after]), block('Needed by', users[index].map((each) => make('li', {}, link(each))))];
  return found.some(Boolean) ? make('div', { class: 'pairs' }, found) : '';
}

function sections(index, level) {
  const change = changes[index];
  const [title, part] = [`h${level}`, `h${level + 1}`];
  const about = [change.type, change.spec, change.at ? placeText(change.at) : ''].filter(Boolean).join(' · ');
  const spec = excerpts(change);
  const calls = Object.entries(Object.groupBy(change.calls ?? [], (call) => call));
  return [
    make('div', { class: `c-${change.do}` },
      make('div', { class: 'title-line' },
        make('span', { class: 'deed-tag' }, `${change.sign} ${change.do}`),
        make(title, { id: level === 2 ? 'change-title' : undefined }, change.name)),
      make('p', { class: 'about' }, about)),
    alarm(change),
    change.group || change.why || change.by || change.cause ? make('p', {}, [change.group, change.why, change.cause === change.group ? '' : change.cause, change.by && `by ${change.by}`].filter(Boolean).join('; ')) : '',
    change.held === undefined ? '' : make('p', { class: 'aside-note' }, 'Held back: it needs the refused ', link(change.held)),
    change.note ? make('p', { class: 'aside-note' }, change.note) : '',
    change.rows.length ? properties(change) : '',
    change.hidden ? make('p', { class: 'aside-note' }, `… and ${change.hidden} more; the plan's JSON has them all`) : '',
    spec.length ? make(part, {}, 'In the spec') : '', ...spec,
    neighbours(change, index, part),
    calls.length ? make(part, {}, 'AWS calls') : '',
    calls.length ? make('ul', { class: 'calls mono' }, calls.map(([call, times]) => make('li', {}, times.length > 1 ? `${call} × ${times.length}` : call))) : '',
  ].filter(Boolean);
}

function startChange() {
  const place = byId('change');
  let last = -2;
  listeners.push(() => {
    if (chosen === last) return;
    last = chosen;
    place.hidden = chosen < 0;
    place.replaceChildren(...(chosen < 0 ? [] : sections(chosen, 2)));
  });
  place.addEventListener('keydown', (event) => { if (event.key === 'Escape') list.focus(); });
}
